/// Tests of keys.
@NullMarked
package org.precertocsp.signer.key;

import org.jspecify.annotations.NullMarked;
