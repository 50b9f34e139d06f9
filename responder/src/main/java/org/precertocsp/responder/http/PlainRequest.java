package org.precertocsp.responder.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.precertocsp.responder.request.PlainQuery;

/// Recognises one whole HTTP/1.1 request that holds a [PlainQuery], without making an object.
/// Belongs to one thread.
///
/// What is true of it is true of the same octets read by [RequestParser] and [Answerer]: the status
/// is 200, the connection stays open, and nothing but the query decides on the reply. A property
/// test compares the two.
final class PlainRequest {
    private static final int NOT_PLAIN = -1;
    private static final byte[] GET = ascii("GET /");
    private static final byte[] POST = ascii("POST /");
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");

    private final HttpConfig config;
    private final byte[] prefix;
    private final PlainPath path;
    private final PlainHead head;
    private final int canonicalStart;
    private final PlainQuery query = new PlainQuery();
    private boolean canonical;

    /// @param maxOctets longest input it will be given
    PlainRequest(HttpConfig config, int maxOctets) {
        this.config = config;
        this.canonicalStart = "GET ".length() + CanonicalTarget.start(config.path()).length();
        this.head = new PlainHead(config.maxHeaderFields());
        this.prefix = ascii(OcspTarget.withoutSlashesAround(config.path()));
        this.path = new PlainPath(maxOctets);
    }

    /// @return where the request ends; negative if it is incomplete or anything unusual
    int read(byte[] text, int from, int limit) {
        if (startsWith(GET, text, from, limit)) {
            return get(text, from, limit);
        }
        return startsWith(POST, text, from, limit) ? post(text, from, limit) : NOT_PLAIN;
    }

    /// What was asked; valid until the next [#read].
    PlainQuery query() {
        return query;
    }

    /// False if the request is another spelling of one that caches are to have one answer for.
    boolean isCanonical() {
        return canonical;
    }

    private int get(byte[] text, int from, int limit) {
        int target = withinPrefix(text, from + GET.length, limit);
        // With a prefix, only a slash separates it from what is asked.
        if (target < 0 || (prefix.length > 0 && text[target - 1] != '/')) {
            return NOT_PLAIN;
        }
        if (!path.read(text, target, limit)) {
            return NOT_PLAIN;
        }
        int body = head(text, from, path.end(), limit);
        canonical = path.isCanonical() && target == from + canonicalStart;
        if (body >= 0
                && head.bodyLength() == PlainHead.NO_BODY
                && query.read(path.octets(), 0, path.length())) {
            canonical = canonical && !query.hasNonce();
            return body;
        }
        return NOT_PLAIN;
    }

    private int post(byte[] text, int from, int limit) {
        canonical = true;
        int target = withinPrefix(text, from + POST.length, limit);
        int body = target < 0 ? NOT_PLAIN : head(text, from, target, limit);
        int length = head.bodyLength();
        return body >= 0
                        && length != PlainHead.NO_BODY
                        && length <= config.maxBodyBytes()
                        && length <= limit - body
                        && query.read(text, body, length)
                ? body + length
                : NOT_PLAIN;
    }

    /// @return where the body begins
    private int head(byte[] text, int from, int targetEnd, int limit) {
        int fields = targetEnd + VERSION.length;
        if (!startsWith(VERSION, text, targetEnd, limit)
                || fields - from > config.maxRequestLineBytes()) {
            return NOT_PLAIN;
        }
        int body = head.scan(text, fields, limit);
        return body - fields > config.maxHeaderBytes() ? NOT_PLAIN : body;
    }

    /// @return what follows the prefix and the slashes around it
    private int withinPrefix(byte[] text, int from, int limit) {
        int at = afterSlashes(text, from, limit);
        return startsWith(prefix, text, at, limit)
                ? afterSlashes(text, at + prefix.length, limit)
                : NOT_PLAIN;
    }

    private static int afterSlashes(byte[] text, int from, int limit) {
        int at = from;
        while (at < limit && text[at] == '/') {
            at++;
        }
        return at;
    }

    private static boolean startsWith(byte[] expected, byte[] text, int from, int limit) {
        int to = from + expected.length;
        return to <= limit && Arrays.equals(text, from, to, expected, 0, expected.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
