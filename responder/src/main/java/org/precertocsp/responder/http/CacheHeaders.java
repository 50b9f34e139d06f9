package org.precertocsp.responder.http;

import java.time.Instant;
import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.answer.Answer;

/// The cache headers of RFC 9919 §7.2 (HT-07 to HT-13), and conditional requests.
final class CacheHeaders {
    private CacheHeaders() {}

    /// Caches may keep an answer until the planned renewal, not until nextUpdate: max-age overrides
    /// Expires, and a cached answer would otherwise outlive the newer one (HT-11, HT-12).
    static Instant freshUntil(Answer.Served served) {
        Instant nextUpdate = served.response().window().nextUpdate();
        return served.renewal().isBefore(nextUpdate) ? served.renewal() : nextUpdate;
    }

    /// Whole seconds, never beyond the end, nor longer than the issuer's own limit, which bounds
    /// how long a cache hides a revocation.
    ///
    /// @param most in seconds
    static long maxAge(long freshUntilMilli, long nowMilli, long most) {
        return Math.clamp((freshUntilMilli - nowMilli) / 1000, 0, most);
    }

    /// For an answer to a single request. `unknown` is not authoritative and may say no-store
    /// (HT-14). A nonce makes an answer no less authoritative, so it must not (HT-13); instead it
    /// is stale at once, so that no cache reuses it.
    static String once(boolean authoritative) {
        return authoritative ? "private, max-age=0, no-transform, must-revalidate" : "no-store";
    }

    /// Strong: equal tags mean equal bytes (HT-10).
    static String etag(ByteString der) {
        return '"' + HashAlgorithm.SHA256.hash(der).toHex() + '"';
    }

    /// Weak comparison over every list member of every field line (RFC 9110 §13.1.2).
    /// If-Modified-Since is ignored: two answers signed within one second may differ in status but
    /// not in date, and two machines may date the newer status earlier. A 304 would then confirm a
    /// `good` that no longer holds. Every client that received a date received an ETag with it.
    static boolean matches(List<String> ifNoneMatch, String etag) {
        for (String line : ifNoneMatch) {
            for (String member : line.split(",", -1)) {
                String tag = member.strip();
                if (tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag)) {
                    return true;
                }
            }
        }
        return false;
    }
}
