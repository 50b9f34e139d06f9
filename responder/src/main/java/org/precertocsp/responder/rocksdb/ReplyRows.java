package org.precertocsp.responder.rocksdb;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.KeptReply;
import org.precertocsp.responder.status.StoreFailure;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Replies by the name of their request, and those names by the time they may be forgotten.
final class ReplyRows {
    private static final int FORMAT = 1;
    private static final byte[] ROW = {1};
    private static final byte[] REPLY = "reply of ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNTIL = "reply until ".getBytes(StandardCharsets.US_ASCII);

    // Deleted together; more wait for the next batch.
    private static final int BATCH = 10_000;

    private ReplyRows() {}

    /// So that the reply is found when it may be forgotten.
    static void putExpiry(PendingRows rows, Octets request, KeptReply reply) {
        rows.put(Family.META, untilKey(reply.until().getEpochSecond(), request), ROW);
    }

    static byte[] key(Octets request) {
        return new RowWriter().raw(REPLY).raw(request.toArray()).toArray();
    }

    static KeptReply decode(byte[] bytes) {
        RowReader row = new RowReader("reply", bytes);
        row.format(FORMAT);
        Instant until = row.time();
        Octets asked = row.octets();
        Octets told = Octets.of(row.counted());
        row.end();
        return new KeptReply(asked, told, until);
    }

    static byte[] encode(KeptReply reply) {
        return new RowWriter()
                .octet(FORMAT)
                .time(reply.until())
                .octets(reply.asked())
                .counted(reply.told().toArray())
                .toArray();
    }

    /// Deletes all that need not be kept at `now`. Rows that a crash leaves behind are deleted the
    /// next time.
    static void forget(Database database, Instant now) {
        List<byte[]> names = new ArrayList<>();
        boolean more = true;
        while (more) {
            names.clear();
            more =
                    !database.walk(
                            Family.META,
                            UNTIL,
                            untilKey(now.getEpochSecond(), Octets.of()),
                            BATCH,
                            (key, _) -> names.add(key));
            delete(database, names, now);
        }
    }

    /// A name may have been used again since: its newer reply stays.
    private static void delete(Database database, List<byte[]> names, Instant now) {
        if (names.isEmpty()) {
            return;
        }
        try (WriteBatch batch = new WriteBatch()) {
            int before = UNTIL.length + Long.BYTES;
            for (byte[] name : names) {
                Octets request = Octets.of(name, before, name.length - before);
                database.addDeletion(batch, Family.META, name);
                if (isOver(database, request, now)) {
                    database.addDeletion(batch, Family.META, key(request));
                }
            }
            database.writeSoon(batch);
        } catch (RocksDBException e) {
            throw new StoreFailure("cannot gather what to forget: " + e.getMessage(), e);
        }
    }

    private static boolean isOver(Database database, Octets request, Instant now) {
        return database.get(Family.META, key(request))
                .filter(bytes -> decode(bytes).until().isBefore(now))
                .isPresent();
    }

    private static byte[] untilKey(long second, Octets request) {
        return new RowWriter().raw(UNTIL).int64(second).raw(request.toArray()).toArray();
    }
}
