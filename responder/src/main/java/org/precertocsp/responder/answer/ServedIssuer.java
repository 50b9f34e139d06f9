package org.precertocsp.responder.answer;

import java.time.Duration;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.ResponseSigner;

/// An issuer key we answer for.
///
/// @param validity nextUpdate − thisUpdate of its responses, before shortening (TF-09)
/// @param signer signs answers that other requests can share
/// @param singleUse signs answers good for one request alone, after all others
/// @param caching what caches are told of its answers
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
