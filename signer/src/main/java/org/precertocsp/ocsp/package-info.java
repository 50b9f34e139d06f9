/// The words of OCSP (RFC 6960) as values: immutable, compared by content, free of I/O.
@NullMarked
package org.precertocsp.ocsp;

import org.jspecify.annotations.NullMarked;
