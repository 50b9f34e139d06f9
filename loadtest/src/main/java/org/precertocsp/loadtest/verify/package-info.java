/// Checks an answer as a careful client would (RFC 6960 §3.2): signature, signer, CertID, status,
/// window and nonce, and compares it with the expected status.
///
/// Start at [OcspAnswerVerifier], the only class. It is slow (a signature takes some hundred
/// microseconds), so the driver checks samples, after the run.
@NullMarked
package org.precertocsp.loadtest.verify;

import org.jspecify.annotations.NullMarked;
