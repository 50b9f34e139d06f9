/// Tests of the DER reader, writer and times.
@NullMarked
package org.precertocsp.der;

import org.jspecify.annotations.NullMarked;
