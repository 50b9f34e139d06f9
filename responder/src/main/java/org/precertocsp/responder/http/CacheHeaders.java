package org.precertocsp.responder.http;

import java.time.Instant;
import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.answer.Answer;

/// The cache headers of RFC 9919 §7.2 (HT-07 to HT-13), and the condition they make possible.
final class CacheHeaders {
    private CacheHeaders() {}

    /// Caches may keep an answer until the planned renewal, not until nextUpdate: max-age overrides
    /// Expires, and a cache that held on would outlive the newer answer (HT-11, HT-12).
    static Instant freshUntil(Answer.Served served) {
        Instant nextUpdate = served.response().window().nextUpdate();
        return served.renewal().isBefore(nextUpdate) ? served.renewal() : nextUpdate;
    }

    /// Whole seconds, never beyond the end, nor longer than the issuer's own limit, which bounds
    /// how long a revocation is not seen.
    ///
    /// @param most in seconds
    static long maxAge(long freshUntilMilli, long nowMilli, long most) {
        return Math.clamp((freshUntilMilli - nowMilli) / 1000, 0, most);
    }

    /// For an answer that serves one request. `unknown` is not authoritative and may say no-store
    /// (HT-14). A nonce makes an answer no less authoritative, so it may not (HT-13); what keeps it
    /// from being reused is that it is stale at once.
    static String once(boolean authoritative) {
        return authoritative ? "private, max-age=0, no-transform, must-revalidate" : "no-store";
    }

    /// Strong: equal tags mean equal octets (HT-10).
    static String etag(ByteString der) {
        return '"' + HashAlgorithm.SHA256.hash(der).toHex() + '"';
    }

    /// Weak comparison over every list member of every field line (RFC 9110 §13.1.2).
    ///
    /// If-Modified-Since is not honoured: two answers signed within one second may differ in status
    /// but not in date, and two machines may date the newer status earlier. A 304 would then
    /// confirm a `good` that is over. Who was given a date was given an ETag with it.
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
