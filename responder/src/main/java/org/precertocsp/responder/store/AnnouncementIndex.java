package org.precertocsp.responder.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.Announcements;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;

/// One row for each serial that is announced now, by issuer and time: announcements without an
/// assignment are found without reading the others. Rows are added and deleted in the set that
/// changes the status.
final class AnnouncementIndex {
    private static final byte[] ROW = {1};
    static final byte[] PREFIX = "announced ".getBytes(StandardCharsets.US_ASCII);
    private static final int BEFORE_TIME = PREFIX.length + RowKeys.ISSUER_BYTES;
    private static final int BEFORE_SERIAL = BEFORE_TIME + Long.BYTES;

    private AnnouncementIndex() {}

    static void keep(PendingWrites rows, RenewalTriggers.Change change) {
        Serial serial = change.serial();
        announcedAt(change.before())
                .ifPresent(at -> rows.delete(ColumnFamily.META, key(change.issuer(), at, serial)));
        announcedAt(change.after())
                .ifPresent(
                        at -> rows.put(ColumnFamily.META, key(change.issuer(), at, serial), ROW));
    }

    private static Optional<Instant> announcedAt(Optional<StatusRecord> record) {
        return record.isPresent() && record.get() instanceof StatusRecord.Announced announced
                ? Optional.of(announced.at())
                : Optional.empty();
    }

    /// As [Announcements#open], for the issuer with that number.
    static List<Announcements.Open> read(
            RocksDatabase database, IssuerKey issuer, int number, Instant until, int limit) {
        List<Announcements.Open> open = new ArrayList<>();
        database.walk(
                ColumnFamily.META,
                from(number, Instant.MIN.getEpochSecond()),
                from(number, until.getEpochSecond()),
                limit,
                (key, _) -> open.add(decode(issuer, key)));
        return open;
    }

    private static Announcements.Open decode(IssuerKey issuer, byte[] key) {
        long second = ByteBuffer.wrap(key).getLong(BEFORE_TIME) ^ Long.MIN_VALUE;
        Serial serial = Serial.ofDerContent(key, BEFORE_SERIAL, key.length - BEFORE_SERIAL);
        return new Announcements.Open(new SerialKey(issuer, serial), Instant.ofEpochSecond(second));
    }

    private static byte[] key(int issuer, Instant at, Serial serial) {
        return new RowWriter()
                .raw(from(issuer, at.getEpochSecond()))
                .raw(serial.content().toArray())
                .toArray();
    }

    /// Before all rows of that second. The sign bit is flipped, so that times sort as bytes do.
    private static byte[] from(int issuer, long second) {
        return new RowWriter()
                .raw(PREFIX)
                .uint8(issuer >> 8)
                .uint8(issuer)
                .int64(second ^ Long.MIN_VALUE)
                .toArray();
    }
}
