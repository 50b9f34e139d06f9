package org.precertocsp.responder.answer;

import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.SignedResponse;

/// A signed response as the store keeps it: only what cannot be recomputed.
///
/// @param status what it says; it may be served while the store still says the same (invariant 4)
public record StoredResponse(
        ResponseKey key,
        CertStatus status,
        ValidityWindow window,
        SignedResponse.Essence essence) {}
