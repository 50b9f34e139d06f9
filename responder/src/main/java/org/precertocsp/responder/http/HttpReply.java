package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.request.OcspError;

/// One HTTP response, encoded once, except for the bytes that depend on the time it is sent (Date,
/// max-age) and on the request it answers (see [Framing]). Those few bytes are written around it
/// each time, so that a cached answer is copied to the socket and none of it is formatted again.
/// Immutable.
///
/// OCSP errors have status 200 (HT-19): clients and CDNs read the body of a 200 only, and the error
/// is in the body. Requests rejected at the HTTP level get the corresponding status and, for a
/// client that reads the body regardless, the body of malformedRequest.
public final class HttpReply {
    private static final String OCSP_RESPONSE = "Content-Type: application/ocsp-response\r\n";
    private static final String NO_CACHING = "Cache-Control: no-store\r\n";

    /// The lines after the max-age of a cacheable answer.
    private static final String AFTER_MAX_AGE = ", public, no-transform, must-revalidate";

    private static final byte[] MAX_AGE = ascii("Cache-Control: max-age=");
    private static final byte[] NO_STORE = ascii("Cache-Control: no-store");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] NOT_MODIFIED = ascii("HTTP/1.1 304 Not Modified\r\n");
    private static final byte[] END = ascii("\r\n");
    private static final byte[] OK = {};

    /// Maximum digits of a long.
    private static final int MAX_DIGITS = 19;

    /// Size of an array and this object beyond the bytes.
    private static final int OVERHEAD = 16 + 72;

    /// Size of the fields of a usual answer.
    private static final int FIRST_ROOM = 384;

    private static final int ETAG_LENGTH = 2 + 64;

    private static final HttpReply UNAUTHORIZED = error(OcspError.UNAUTHORIZED);
    static final HttpReply MALFORMED = error(OcspError.MALFORMED_REQUEST);
    static final HttpReply INTERNAL_ERROR = error(OcspError.INTERNAL_ERROR);
    static final HttpReply NOT_FOUND = refusal(404, NO_CACHING, ByteString.of());
    static final HttpReply METHOD_NOT_ALLOWED =
            refusal(405, "Allow: GET, HEAD, POST\r\n" + NO_CACHING, ByteString.of());

    /// How a request is counted, and whether its reply has a body.
    enum Method {
        GET,
        POST,
        HEAD,
        OTHER;

        /// Its name in metrics.
        String word() {
            return switch (this) {
                case GET -> "get";
                case POST -> "post";
                case HEAD, OTHER -> "other";
            };
        }
    }

    /// The properties of a request that its reply depends on.
    ///
    /// @param keepAlive whether the client requests that the connection stays open (RFC 9112 §9.3)
    /// @param canonical false for another spelling of a request: caches must not keep the answer
    /// @param ifNoneMatch the values of all If-None-Match lines
    record Framing(
            Method method,
            boolean http10,
            boolean keepAlive,
            boolean canonical,
            List<String> ifNoneMatch) {
        Framing {
            ifNoneMatch = List.copyOf(ifNoneMatch);
        }

        boolean isHead() {
            return method == Method.HEAD;
        }
    }

    /// When it may be sent, and how long caches may keep it. Times in milliseconds since 1970.
    ///
    /// @param maxAge caches may not keep it longer, in seconds
    private record Times(long from, long until, long freshUntil, long maxAge) {
        static final Times ALWAYS = new Times(Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 0);

        static Times of(ValidityWindow window) {
            return of(window, Long.MAX_VALUE, 0);
        }

        static Times of(ValidityWindow window, long freshUntil, long maxAge) {
            return new Times(
                    window.thisUpdate().toEpochMilli(),
                    window.nextUpdate().toEpochMilli(),
                    freshUntil,
                    maxAge);
        }
    }

    private final byte[] statusLine;
    private final long from;
    private final long until;
    private final long freshUntil;
    private final long maxAge;
    private final boolean cacheable;
    private final String outcome;
    private final int typeFrom;
    private final int bodyFrom;
    private final int etagFrom;
    private final byte[] rest;

    /// @param fields complete lines in ASCII; of a cacheable answer, those after its max-age.
    ///   Appended to
    /// @param type the lines that describe the body
    private HttpReply(
            byte[] statusLine,
            Times times,
            boolean cacheable,
            String outcome,
            StringBuilder fields,
            String type,
            ByteString body) {
        this.statusLine = statusLine;
        this.from = times.from();
        this.until = times.until();
        this.freshUntil = times.freshUntil();
        this.maxAge = times.maxAge();
        this.cacheable = cacheable;
        this.outcome = outcome;
        this.typeFrom = fields.length();
        fields.append(type).append("Content-Length: ").append(body.length()).append("\r\n\r\n");
        this.bodyFrom = fields.length();
        this.etagFrom = fields.indexOf("ETag: ") + "ETag: ".length();
        this.rest = new byte[bodyFrom + body.length()];
        for (int i = 0; i < bodyFrom; i++) {
            rest[i] = (byte) fields.charAt(i);
        }
        body.copyTo(rest, bodyFrom);
    }

    /// The cacheable 200 with a signed answer.
    public static HttpReply of(Answer.Served served) {
        ValidityWindow window = served.response().window();
        StringBuilder fields = new StringBuilder(FIRST_ROOM);
        fields.append(AFTER_MAX_AGE).append("\r\nETag: ");
        fields.append(CacheHeaders.etag(served.response().der()));
        fields.append("\r\nExpires: ").append(HttpClock.format(window.nextUpdate()));
        fields.append("\r\nLast-Modified: ").append(HttpClock.format(window.thisUpdate()));
        fields.append("\r\n");
        new TreeMap<>(served.hints().fields())
                .forEach(
                        (name, value) ->
                                fields.append(name).append(": ").append(value).append("\r\n"));
        Times times =
                Times.of(
                        window,
                        CacheHeaders.freshUntil(served).toEpochMilli(),
                        served.hints().maxAge().toSeconds());
        return new HttpReply(
                OK,
                times,
                true,
                RequestMetrics.ANSWERED,
                fields,
                OCSP_RESPONSE,
                served.response().der());
    }

    /// The 200 with an answer that was signed for a single request.
    static HttpReply of(Answer.ServedOnce once) {
        return new HttpReply(
                OK,
                Times.of(once.response().window()),
                false,
                RequestMetrics.ANSWERED,
                new StringBuilder("Cache-Control: ")
                        .append(CacheHeaders.once(once.authoritative()))
                        .append("\r\n"),
                OCSP_RESPONSE,
                once.response().der());
    }

    /// An unsigned answer (RP-03), never cacheable (HT-14).
    static HttpReply error(OcspError error) {
        return unsigned(error, NO_CACHING);
    }

    /// @param retryAfter rounded up to whole seconds, at least one
    static HttpReply tryLater(Duration retryAfter) {
        long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
        return unsigned(OcspError.TRY_LATER, NO_CACHING + "Retry-After: " + seconds + "\r\n");
    }

    /// The reply for an unassigned serial: unsigned `unauthorized` (SA-05).
    public static HttpReply unauthorized() {
        return UNAUTHORIZED;
    }

    /// A request rejected at the HTTP level.
    static HttpReply refusal(int status) {
        return refusal(status, NO_CACHING + OCSP_RESPONSE, der(OcspError.MALFORMED_REQUEST));
    }

    private static HttpReply refusal(int status, String fields, ByteString body) {
        byte[] statusLine = ascii("HTTP/1.1 " + HttpResponseStatus.valueOf(status) + "\r\n");
        return new HttpReply(
                statusLine,
                Times.ALWAYS,
                false,
                "http_" + status,
                new StringBuilder(fields),
                "",
                body);
    }

    private static HttpReply unsigned(OcspError error, String fields) {
        String outcome = error.name().toLowerCase(Locale.ROOT);
        return new HttpReply(
                OK,
                Times.ALWAYS,
                false,
                outcome,
                new StringBuilder(fields),
                OCSP_RESPONSE,
                der(error));
    }

    /// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED }.
    private static ByteString der(OcspError error) {
        return ByteString.of((byte) 0x30, (byte) 3, (byte) 0x0a, (byte) 1, (byte) error.code());
    }

    /// Heap that a reply with an answer will hold, for a cache bounded by bytes.
    public static int bytes(Answer.Served served) {
        return OVERHEAD + FIRST_ROOM + served.response().der().length();
    }

    /// True for an answer that caches may keep.
    boolean isCacheable() {
        return cacheable;
    }

    /// Its outcome in metrics: answered, an OCSP error such as try_later, or an HTTP status such as
    /// http_404.
    String outcome(Framing framing) {
        return isNotModified(framing) ? "http_304" : outcome;
    }

    long thisUpdateMilli() {
        return from;
    }

    /// True while it may be sent (invariant 5).
    boolean covers(long epochMilli) {
        return from <= epochMilli && epochMilli < until;
    }

    /// Maximum bytes that [#writeTo] writes.
    int maxLength(HttpClock.Moment now) {
        return NOT_MODIFIED.length
                + statusLine.length
                + now.head().length
                + KEEP_ALIVE.length
                + MAX_AGE.length
                + MAX_DIGITS
                + END.length
                + rest.length;
    }

    /// @param close whether it is the last on its connection
    /// @throws IllegalStateException outside its window: no reply is safer than a stale status
    void writeTo(ByteBuf out, HttpClock.Moment now, Framing framing, boolean close) {
        if (!covers(now.epochMilli())) {
            throw new IllegalStateException(
                    "a response until " + Instant.ofEpochMilli(until) + " was about to be sent");
        }
        boolean notModified = isNotModified(framing);
        byte[] status = notModified ? NOT_MODIFIED : statusLine;
        if (status.length == 0) {
            out.writeBytes(now.head());
        } else {
            int date = now.dateFrom();
            out.writeBytes(status).writeBytes(now.head(), date, now.head().length - date);
        }
        if (close) {
            out.writeBytes(CLOSE);
        } else if (framing.http10()) {
            out.writeBytes(KEEP_ALIVE);
        }
        int start = writeMaxAge(out, now, framing);
        // A 304 describes no body; a length in it would be misleading. A HEAD gets the fields of
        // the GET without its body (HT-16).
        int end = notModified ? typeFrom : framing.isHead() ? bodyFrom : rest.length;
        out.writeBytes(rest, start, end - start);
        if (notModified) {
            out.writeBytes(END);
        }
    }

    /// @return the offset of the rest
    private int writeMaxAge(ByteBuf out, HttpClock.Moment now, Framing framing) {
        if (!cacheable) {
            return 0;
        }
        if (!framing.canonical()) {
            out.writeBytes(NO_STORE);
            return AFTER_MAX_AGE.length();
        }
        out.writeBytes(MAX_AGE);
        writeDigits(out, CacheHeaders.maxAge(freshUntil, now.epochMilli(), maxAge));
        return 0;
    }

    /// True if the client has the current answer already.
    private boolean isNotModified(Framing framing) {
        return cacheable
                && !framing.ifNoneMatch().isEmpty()
                && CacheHeaders.matches(
                        framing.ifNoneMatch(),
                        new String(rest, etagFrom, ETAG_LENGTH, StandardCharsets.ISO_8859_1));
    }

    private static void writeDigits(ByteBuf out, long number) {
        long unit = 1;
        while (number / unit >= 10) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            out.writeByte((int) ('0' + number / unit % 10));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
