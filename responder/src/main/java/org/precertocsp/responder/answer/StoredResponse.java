package org.precertocsp.responder.answer;

import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.SignedResponse;

/// A signed response in the store: only the parts that cannot be recomputed.
///
/// @param status in the response; it may be served while the store has the same (invariant 4)
public record StoredResponse(
        ResponseKey key,
        CertStatus status,
        ValidityWindow window,
        SignedResponse.Essence essence) {}
