package org.precertocsp.responder.http;

import io.netty.handler.codec.DateFormatter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.concurrent.TimeUnit;

/// The time for replies that are copied rather than created: read from the clock once a
/// millisecond, with the head of a reply written once a second. A clock that must not step back
/// costs an object and an atomic update for each reading (the benchmark of the cached answer
/// justifies this one). Thread-safe.
final class HttpClock {
    private static final String STATUS_LINE = "HTTP/1.1 200 OK\r\n";
    private static final long MAX_AGE = TimeUnit.MILLISECONDS.toNanos(1);

    /// One reading of the clock.
    static final class Moment {
        private final long readAt;
        private final long epochMilli;
        private final byte[] head;

        private Moment(long readAt, long epochMilli, byte[] head) {
            this.readAt = readAt;
            this.epochMilli = epochMilli;
            this.head = head;
        }

        long epochMilli() {
            return epochMilli;
        }

        /// The head of every 200 in this second, its Date last. Must not be modified.
        byte[] head() {
            return head;
        }

        /// The offset of the Date line.
        int dateFrom() {
            return STATUS_LINE.length();
        }
    }

    private final InstantSource clock;
    private volatile Moment latest;

    HttpClock(InstantSource clock) {
        this.clock = clock;
        long readAt = System.nanoTime();
        Instant now = clock.instant();
        this.latest = new Moment(readAt, now.toEpochMilli(), head(now));
    }

    Moment now() {
        Moment moment = latest;
        long nanos = System.nanoTime();
        return nanos - moment.readAt < MAX_AGE ? moment : read(moment, nanos);
    }

    /// Read from the clock now: a response just signed must not be dated earlier.
    Moment fresh() {
        return read(latest, System.nanoTime());
    }

    private Moment read(Moment before, long nanos) {
        Instant now = clock.instant();
        boolean sameSecond = Math.floorDiv(before.epochMilli, 1000) == now.getEpochSecond();
        byte[] head = sameSecond ? before.head : head(now);
        Moment moment = new Moment(nanos, now.toEpochMilli(), head);
        latest = moment;
        return moment;
    }

    /// An HTTP date (RFC 9110 §5.6.7).
    static String format(Instant time) {
        return DateFormatter.format(Date.from(time));
    }

    private static byte[] head(Instant now) {
        return (STATUS_LINE + "Date: " + format(now) + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
