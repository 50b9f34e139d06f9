package org.precertocsp.responder.http;

import java.util.Optional;

/// Finds, in a raw request target, what follows the configured path (HT-03, HT-04).
///
/// Nothing is decoded or normalised here: inner slashes belong to base64.
final class OcspTarget {
    private final String prefix;

    /// @param path such as `/` or `/ocsp`; slashes around it do not matter
    OcspTarget(String path) {
        this.prefix = withoutSlashesAround(path);
    }

    /// What follows the path and any slashes after it; empty if the target is outside the path.
    ///
    /// A query is dropped: it cannot be part of a request, since base64 has no `?`, and operators
    /// add one to pass a cache.
    Optional<String> within(String rawTarget) {
        String path = withoutLeadingSlashes(withoutQuery(originForm(rawTarget)));
        if (!path.startsWith(prefix)) {
            return Optional.empty();
        }
        String rest = path.substring(prefix.length());
        if (!prefix.isEmpty() && !rest.isEmpty() && rest.charAt(0) != '/') {
            return Optional.empty();
        }
        return Optional.of(withoutLeadingSlashes(rest));
    }

    /// Proxies send `http://host/path` (RFC 9112 §3.2.2).
    private static String originForm(String target) {
        if (!target.regionMatches(true, 0, "http://", 0, 7)
                && !target.regionMatches(true, 0, "https://", 0, 8)) {
            return target;
        }
        int path = target.indexOf('/', target.indexOf("//") + 2);
        return path < 0 ? "/" : target.substring(path);
    }

    private static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static String withoutLeadingSlashes(String text) {
        int from = 0;
        while (from < text.length() && text.charAt(from) == '/') {
            from++;
        }
        return text.substring(from);
    }

    static String withoutSlashesAround(String path) {
        String start = withoutLeadingSlashes(path);
        int end = start.length();
        while (end > 0 && start.charAt(end - 1) == '/') {
            end--;
        }
        return start.substring(0, end);
    }
}
