package org.precertocsp.responder.rocksdb;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Octets;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// One reader's way through rows that are settled from the front: all before its position are done
/// with. The position is kept on disk, so that a new start does not crawl over what was deleted.
/// Not thread-safe.
final class QueueLane {
    private final Database database;
    private final Family family;
    private final byte[] positionKey;
    private final byte[] start;

    // Rows passed out and not settled, in their order.
    private final LinkedHashSet<Octets> open = new LinkedHashSet<>();
    private byte @Nullable [] position;
    private byte @Nullable [] passed;

    /// @param positionKey in META
    /// @param start before the lane's first row
    QueueLane(Database database, Family family, byte[] positionKey, byte[] start) {
        this.database = database;
        this.family = family;
        this.positionKey = positionKey;
        this.start = start;
    }

    /// Passes the keys from the position on, up to `limit` of them, again until they are settled.
    ///
    /// @return true if there were no more before `until`
    boolean read(byte[] until, int limit, Consumer<byte[]> row) {
        byte[] from = position(until);
        open.clear();
        passed = from;
        return database.walk(
                family,
                from,
                until,
                limit,
                (key, _) -> {
                    open.add(Octets.of(key));
                    passed = QueueKeys.after(key);
                    row.accept(key);
                });
    }

    /// Where the end lies before the position, the clock was set back over a restart: what has been
    /// planned since lies behind the position too.
    private byte[] position(byte[] until) {
        byte[] known = position;
        if (known == null) {
            known = database.get(Family.META, positionKey).orElse(start);
        }
        position = Arrays.compareUnsigned(known, until) < 0 ? known : start;
        return position;
    }

    void settle(byte[] key) {
        open.remove(Octets.of(key));
    }

    /// Adds the position after what has been settled.
    void addPosition(WriteBatch batch) throws RocksDBException {
        if (passed != null) {
            position = open.isEmpty() ? passed : open.getFirst().toArray();
            database.add(batch, Family.META, positionKey, position);
        }
    }

    void addRestart(WriteBatch batch) throws RocksDBException {
        forget();
        database.addDeletion(batch, Family.META, positionKey);
    }

    /// Goes by the disk again, after a write that failed.
    void forget() {
        open.clear();
        position = null;
        passed = null;
    }
}
