package org.precertocsp.responder.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.StoreException;

/// Keys of the renewal queue: issuer number (2), lane (1), when (4), serial bytes, form (1).
///
/// An issuer's rows are adjacent because each issuer signs with its own key, and one that fails
/// must not delay the others. In the lane of planned ones `when` is in seconds since 1970; in the
/// others it is the number of the feed that made them due. Both increase, so that a reader never
/// has to look behind its position.
final class RenewalQueueKeys {
    /// The last byte of a key if all forms of a serial are due.
    static final int ALL_FORMS = 0xff;

    static final int LANE_CHANGED = 1;
    static final int LANE_PLANNED = 2;
    static final int LANE_NEW = 3;

    /// Has no rows of its own: reads the statuses.
    static final int LANE_SWEPT = 4;

    private static final int WHEN = 2 + 1;
    private static final int BEFORE_SERIAL = WHEN + 4;

    private RenewalQueueKeys() {}

    static byte[] key(int issuer, int lane, int when, Serial serial, int form) {
        return start(issuer, lane, when).raw(serial.content().toArray()).uint8(form).toArray();
    }

    /// Before all keys of that lane at `when` or later.
    static byte[] from(int issuer, int lane, int when) {
        return start(issuer, lane, when).toArray();
    }

    private static RowWriter start(int issuer, int lane, int when) {
        return new RowWriter().uint8(issuer >> 8).uint8(issuer).uint8(lane).int32(when);
    }

    /// Before the very next possible key.
    static byte[] after(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    static int lane(byte[] key) {
        return key[2];
    }

    /// Of a row in the lane of planned ones.
    static Instant time(byte[] key) {
        return Instant.ofEpochSecond(Integer.toUnsignedLong(ByteBuffer.wrap(key).getInt(WHEN)));
    }

    static Serial serial(byte[] key) {
        if (key.length < BEFORE_SERIAL + 2) {
            throw new StoreException("a renewal row has a key of " + key.length, null);
        }
        return Serial.ofDerContent(key, BEFORE_SERIAL, key.length - 1 - BEFORE_SERIAL);
    }

    static int form(byte[] key) {
        return key[key.length - 1] & 0xff;
    }

    /// Seconds since 1970 as four bytes, until 2106; other times become the nearest possible value.
    static int seconds(Instant time) {
        return (int) Math.clamp(time.getEpochSecond(), 0, 0xffff_ffffL);
    }
}
