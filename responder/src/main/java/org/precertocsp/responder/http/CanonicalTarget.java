package org.precertocsp.responder.http;

import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.request.PlainQuery;

/// Which targets of a GET caches may keep the answer of.
///
/// A tolerant reader gives every answer targets without end: a query behind it, slashes before it,
/// escapes within it, a nonce that is ignored. Each would be another entry of a CDN's cache. So
/// only the targets of well-behaved clients are cacheable (RFC 6960 A.1, RFC 9919 §6): the path and
/// one slash, then the padded base64 of RFC 4648 §4 of the one DER there is for the CertID, with
/// each of `+`, `/` and `=` either plain or percent-encoded in upper case, alike wherever it
/// stands. That is at most eight for one CertID.
public final class CanonicalTarget {
    private final String start;

    CanonicalTarget(String path) {
        this.start = start(path);
    }

    /// What stands before the base64: `/`, or `/ocsp/`.
    static String start(String path) {
        String prefix = OcspTarget.withoutSlashesAround(path);
        return prefix.isEmpty() ? "/" : "/" + prefix + "/";
    }

    /// Every spelling of a request: what follows the path and its slash, each once.
    ///
    /// @param der of a request that holds one CertID and nothing else
    public static Set<String> spellings(byte[] der) {
        String base64 = Base64.getEncoder().encodeToString(der);
        Set<String> spellings = new LinkedHashSet<>();
        for (String slash : List.of("/", "%2F")) {
            for (String plus : List.of("+", "%2B")) {
                for (String pad : List.of("=", "%3D")) {
                    spellings.add(base64.replace("/", slash).replace("+", plus).replace("=", pad));
                }
            }
        }
        return spellings;
    }

    /// @param der what the target was decoded to
    boolean is(HttpRequest request, Octets der) {
        PlainQuery query = new PlainQuery();
        if (!request.target().startsWith(start)
                || !query.read(der.toArray(), 0, der.length())
                || query.hasNonce()) {
            return false;
        }
        String path = request.target().substring(start.length());
        return isUniform(path, "+", "%2B")
                && isUniform(path, "/", "%2F")
                && isUniform(path, "=", "%3D")
                && path.replace("%2B", "+")
                        .replace("%2F", "/")
                        .replace("%3D", "=")
                        .equals(Base64.getEncoder().encodeToString(der.toArray()));
    }

    private static boolean isUniform(String path, String plain, String encoded) {
        return !path.contains(plain) || !path.contains(encoded);
    }
}
