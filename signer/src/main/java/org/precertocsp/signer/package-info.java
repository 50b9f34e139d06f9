/// Signs OCSP responses: the seam, the Bouncy Castle signer, its bounds, credentials and their
/// lint.
@NullMarked
package org.precertocsp.signer;

import org.jspecify.annotations.NullMarked;
