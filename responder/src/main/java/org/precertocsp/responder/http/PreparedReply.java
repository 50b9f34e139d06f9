package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.request.OcspError;

/// A reply to a plain request, encoded but for its date and age, ready to be copied into a socket.
public final class PreparedReply {
    private static final String CACHE_CONTROL = "Cache-Control";

    /// What an array and this object take beside the octets.
    private static final int OVERHEAD = 16 + 48;

    /// For the fields of a usual answer.
    private static final int FIRST_ROOM = 384;

    private static final byte[] MAX_AGE = ascii("Cache-Control: max-age=");

    private static final byte[] NO_STORE = ascii("Cache-Control: no-store");
    private static final int AFTER_MAX_AGE = Validators.AFTER_MAX_AGE.length();

    /// Digits of a long, at most.
    private static final int MAX_DIGITS = 19;

    private static final byte[] CLOSE = ascii("Connection: close\r\n");

    private static final PreparedReply UNAUTHORIZED = of(HttpReply.error(OcspError.UNAUTHORIZED));

    private final long from;
    private final long until;
    private final long freshUntil;
    private final long maxAge;
    private final boolean ages;
    private final String outcome;
    private final byte[] rest;

    private PreparedReply(Times times, boolean ages, String outcome, byte[] rest) {
        this.from = times.from();
        this.until = times.until();
        this.freshUntil = times.freshUntil();
        this.maxAge = times.maxAge();
        this.ages = ages;
        this.outcome = outcome;
        this.rest = rest;
    }

    /// In milliseconds since 1970.
    ///
    /// @param maxAge caches may not keep it longer, in seconds
    private record Times(long from, long until, long freshUntil, long maxAge) {
        static final Times ALWAYS = new Times(Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 0);
    }

    /// The 200 of a cacheable answer.
    public static PreparedReply of(Answer.Served served) {
        SortedMap<String, String> fields =
                new TreeMap<>(
                        Validators.cacheable(served, served.response().window().thisUpdate()));
        fields.remove(CACHE_CONTROL);
        fields.put("Content-Type", HttpReply.OCSP_RESPONSE);
        Times times =
                new Times(
                        served.response().window().thisUpdate().toEpochMilli(),
                        served.response().window().nextUpdate().toEpochMilli(),
                        Validators.freshUntil(served).toEpochMilli(),
                        served.hints().maxAge().toSeconds());
        byte[] rest = encode(Validators.AFTER_MAX_AGE + "\r\n", fields, served.response().der());
        return new PreparedReply(times, true, Traffic.ANSWERED, rest);
    }

    /// Any reply with status 200, to be sent at once.
    static PreparedReply of(HttpReply reply) {
        if (reply.status() != 200) {
            throw new IllegalArgumentException("a plain request is answered with 200: " + reply);
        }
        byte[] rest = encode("", new TreeMap<>(reply.fields()), reply.body());
        return new PreparedReply(Times.ALWAYS, false, Traffic.outcome(reply), rest);
    }

    /// The reply to a serial nobody assigned: unsigned `unauthorized` (SA-05).
    public static PreparedReply unauthorized() {
        return UNAUTHORIZED;
    }

    private static byte[] encode(String start, SortedMap<String, String> fields, Octets body) {
        StringBuilder head = new StringBuilder(FIRST_ROOM).append(start);
        fields.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(body.length()).append("\r\n\r\n");
        byte[] octets = Arrays.copyOf(ascii(head.toString()), head.length() + body.length());
        body.copyTo(octets, head.length());
        return octets;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Heap that one of an answer will hold, for a cache bounded by bytes.
    public static int bytes(Answer.Served served) {
        return OVERHEAD + FIRST_ROOM + served.response().der().length();
    }

    /// False for an unsigned error.
    boolean isAnswer() {
        return ages;
    }

    /// What it is counted as.
    String outcome() {
        return outcome;
    }

    long thisUpdateMilli() {
        return from;
    }

    /// True while it may be sent (invariant 5).
    boolean covers(long epochMilli) {
        return from <= epochMilli && epochMilli < until;
    }

    /// Room that [#writeTo] needs at most.
    int maxLength(HttpClock.Moment now) {
        return now.head().length + CLOSE.length + MAX_AGE.length + MAX_DIGITS + rest.length;
    }

    /// @param close says that it is the last on its connection
    /// @param canonical false for another spelling of the request: caches must not keep the answer
    /// @throws IllegalStateException outside its window: silence is safer than a stale status
    void writeTo(ByteBuf out, HttpClock.Moment now, boolean close, boolean canonical) {
        if (!covers(now.epochMilli())) {
            throw new IllegalStateException(
                    "a response until " + Instant.ofEpochMilli(until) + " was about to be sent");
        }
        out.writeBytes(now.head());
        if (close) {
            out.writeBytes(CLOSE);
        }
        if (ages && !canonical) {
            out.writeBytes(NO_STORE);
            out.writeBytes(rest, AFTER_MAX_AGE, rest.length - AFTER_MAX_AGE);
            return;
        }
        if (ages) {
            out.writeBytes(MAX_AGE);
            writeDigits(out, Validators.maxAge(freshUntil, now.epochMilli(), maxAge));
        }
        out.writeBytes(rest);
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
}
