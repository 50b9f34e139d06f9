package org.precertocsp.responder.answer;

import java.time.Duration;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.ResponseSigner;

/// An issuer key we answer for.
///
/// @param validity nextUpdate − thisUpdate of its responses, before shortening (TF-09)
public record ServedIssuer(
        IssuerKey key,
        IssuerProfile profile,
        Duration validity,
        ResponseSigner signer,
        Presign presign) {}
