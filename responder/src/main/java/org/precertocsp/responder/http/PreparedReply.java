package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.request.OcspError;

/// A reply to a plain request, encoded but for its date and age, ready to be copied into a socket.
public final class PreparedReply {
    private static final String CACHE_CONTROL = "Cache-Control";

    /// What an array and this object take beside the octets.
    private static final int OVERHEAD = 16 + 48;

    private static final byte[] MAX_AGE =
            "Cache-Control: max-age=".getBytes(StandardCharsets.ISO_8859_1);

    /// Digits of a long, at most.
    private static final int MAX_DIGITS = 19;

    private static final PreparedReply UNAUTHORIZED =
            always(HttpReply.error(OcspError.UNAUTHORIZED));

    private final long from;
    private final long until;
    private final long freshUntil;
    private final boolean ages;
    private final byte[] rest;

    private PreparedReply(long from, long until, long freshUntil, boolean ages, byte[] rest) {
        this.from = from;
        this.until = until;
        this.freshUntil = freshUntil;
        this.ages = ages;
        this.rest = rest;
    }

    /// The 200 of a cacheable answer.
    public static PreparedReply of(Answer.Served served) {
        Map<String, String> fields =
                new TreeMap<>(
                        Validators.cacheable(served, served.response().window().thisUpdate()));
        fields.remove(CACHE_CONTROL);
        HttpReply reply = HttpReply.ocsp(served.response().der(), fields);
        return new PreparedReply(
                served.response().window().thisUpdate().toEpochMilli(),
                served.response().window().nextUpdate().toEpochMilli(),
                Validators.freshUntil(served).toEpochMilli(),
                true,
                encode(Validators.AFTER_MAX_AGE + "\r\n", reply));
    }

    /// The reply to a serial nobody assigned: unsigned `unauthorized` (SA-05).
    public static PreparedReply unauthorized() {
        return UNAUTHORIZED;
    }

    private static PreparedReply always(HttpReply reply) {
        return new PreparedReply(
                Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, false, encode("", reply));
    }

    private static byte[] encode(String start, HttpReply reply) {
        StringBuilder head = new StringBuilder(start);
        new TreeMap<>(reply.fields())
                .forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        head.append("Content-Length: ").append(reply.body().length()).append("\r\n\r\n");
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        octets.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        octets.writeBytes(reply.body().toArray());
        return octets.toByteArray();
    }

    /// Heap it holds, for a cache bounded by bytes.
    public int bytes() {
        return OVERHEAD + rest.length;
    }

    /// False for an unsigned error.
    boolean isAnswer() {
        return ages;
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
        return now.head().length + MAX_AGE.length + MAX_DIGITS + rest.length;
    }

    /// @throws IllegalStateException outside its window: silence is safer than a stale status
    void writeTo(ByteBuf out, HttpClock.Moment now) {
        if (!covers(now.epochMilli())) {
            throw new IllegalStateException(
                    "a response until " + Instant.ofEpochMilli(until) + " was about to be sent");
        }
        out.writeBytes(now.head());
        if (ages) {
            out.writeBytes(MAX_AGE);
            writeDigits(out, Validators.maxAge(freshUntil, now.epochMilli()));
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
