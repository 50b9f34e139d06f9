package org.precertocsp.responder.answer;

import java.time.Duration;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.ResponseSigner;

/// An issuer key that this responder answers for.
///
/// @param validity nextUpdate − thisUpdate of its responses, before shortening (TF-09)
/// @param signer signs answers that other requests can share
/// @param singleUse signs answers for a single request, after all others
/// @param caching instructions to caches for its answers
public record ServedIssuer(
        IssuerKey key,
        IssuerProfile profile,
        Duration validity,
        ResponseSigner signer,
        ResponseSigner singleUse,
        PresignMode presign,
        CacheHints.Policy caching) {
    /// One signer for every answer.
    public ServedIssuer(
            IssuerKey key,
            IssuerProfile profile,
            Duration validity,
            ResponseSigner signer,
            PresignMode presign) {
        this(key, profile, validity, signer, signer, presign, CacheHints.Policy.NONE);
    }
}
