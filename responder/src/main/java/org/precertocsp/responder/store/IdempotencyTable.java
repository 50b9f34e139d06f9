package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.IdempotencyRecord;
import org.precertocsp.responder.status.StoreException;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Replies by their request's key, and those keys by their expiry.
final class IdempotencyTable {
    private static final int FORMAT = 1;
    private static final byte[] ROW = {1};
    static final byte[] REPLY = "reply of ".getBytes(StandardCharsets.US_ASCII);
    static final byte[] UNTIL = "reply until ".getBytes(StandardCharsets.US_ASCII);

    // Deleted together; more wait for the next batch.
    private static final int BATCH = 10_000;

    private IdempotencyTable() {}

    /// So that the reply is found when it expires.
    static void putExpiry(PendingWrites rows, ByteString request, IdempotencyRecord reply) {
        rows.put(ColumnFamily.META, untilKey(reply.until().getEpochSecond(), request), ROW);
    }

    static byte[] key(ByteString request) {
        return new RowWriter().raw(REPLY).raw(request.toArray()).toArray();
    }

    static IdempotencyRecord decode(byte[] bytes) {
        RowReader row = new RowReader("reply", bytes);
        row.format(FORMAT);
        Instant until = row.time();
        ByteString request = row.bytes();
        ByteString reply = ByteString.of(row.counted());
        row.end();
        return new IdempotencyRecord(request, reply, until);
    }

    static byte[] encode(IdempotencyRecord reply) {
        return new RowWriter()
                .uint8(FORMAT)
                .time(reply.until())
                .bytes(reply.asked())
                .counted(reply.told().toArray())
                .toArray();
    }

    /// Deletes all that have expired at `now`. Rows that a crash leaves behind are deleted the next
    /// time.
    static void forget(RocksDatabase database, Instant now) {
        List<byte[]> names = new ArrayList<>();
        boolean more = true;
        while (more) {
            names.clear();
            more =
                    !database.walk(
                            ColumnFamily.META,
                            UNTIL,
                            untilKey(now.getEpochSecond(), ByteString.of()),
                            BATCH,
                            (key, _) -> names.add(key));
            delete(database, names, now);
        }
    }

    /// A key may have been used again since: its newer reply stays.
    private static void delete(RocksDatabase database, List<byte[]> names, Instant now) {
        if (names.isEmpty()) {
            return;
        }
        try (WriteBatch batch = new WriteBatch()) {
            int before = UNTIL.length + Long.BYTES;
            for (byte[] name : names) {
                ByteString request = ByteString.of(name, before, name.length - before);
                database.addDeletion(batch, ColumnFamily.META, name);
                if (isOver(database, request, now)) {
                    database.addDeletion(batch, ColumnFamily.META, key(request));
                }
            }
            database.writeSoon(batch);
        } catch (RocksDBException e) {
            throw new StoreException("cannot gather what to forget: " + e.getMessage(), e);
        }
    }

    private static boolean isOver(RocksDatabase database, ByteString request, Instant now) {
        return database.get(ColumnFamily.META, key(request))
                .filter(bytes -> decode(bytes).until().isBefore(now))
                .isPresent();
    }

    private static byte[] untilKey(long second, ByteString request) {
        return new RowWriter().raw(UNTIL).int64(second).raw(request.toArray()).toArray();
    }
}
