/// Tests of the words of OCSP.
@NullMarked
package org.precertocsp.ocsp;

import org.jspecify.annotations.NullMarked;
