/// Tests of signing, with keys and certificates made on the spot.
@NullMarked
package org.precertocsp.signer;

import org.jspecify.annotations.NullMarked;
