/// Private keys and the JCA provider that computes with them.
@NullMarked
package org.precertocsp.signer.key;

import org.jspecify.annotations.NullMarked;
