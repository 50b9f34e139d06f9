package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.answer.PresignMode;

/// Which responses are signed in advance for each issuer, in the store: so that a program that only
/// loads knows which renewals its changes trigger. Rows of META, keyed by both hashes of the
/// issuer, since it may have no number yet: format (1), [PresignMode] (1), 1 while serials assigned
/// earlier are still being read (1). Thread-safe.
final class PresignTable {
    /// @param sweeping true until every serial assigned before has been read
    record Row(PresignMode presign, boolean sweeping) {
        static final Row NONE = new Row(PresignMode.NONE, false);
    }

    private static final byte[] PREFIX = "presign ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "presign!".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 1;

    private final RocksDatabase database;
    private final Map<IssuerNumbers.Hashes, Row> rows = new ConcurrentHashMap<>();

    private PresignTable(RocksDatabase database) {
        this.database = database;
    }

    static PresignTable read(RocksDatabase database) {
        PresignTable all = new PresignTable(database);
        database.walk(
                ColumnFamily.META,
                PREFIX,
                END,
                Integer.MAX_VALUE,
                (key, value) -> all.rows.put(hashes(key), decode(value)));
        return all;
    }

    private static IssuerNumbers.Hashes hashes(byte[] key) {
        byte[] both = new byte[key.length - PREFIX.length];
        System.arraycopy(key, PREFIX.length, both, 0, both.length);
        return IssuerNumbers.hashes(both);
    }

    Row of(IssuerKey issuer) {
        return of(IssuerNumbers.Hashes.of(issuer));
    }

    Row of(IssuerNumbers.Hashes issuer) {
        return rows.getOrDefault(issuer, Row.NONE);
    }

    /// Durable when it returns.
    void put(IssuerKey issuer, Row row) {
        IssuerNumbers.Hashes hashes = IssuerNumbers.Hashes.of(issuer);
        byte[] key = new RowWriter().raw(PREFIX).raw(hashes.toDiskKey()).toArray();
        PendingWrites pending = new PendingWrites(database);
        pending.put(ColumnFamily.META, key, encode(row));
        pending.write();
        rows.put(hashes, row);
    }

    private static byte[] encode(Row row) {
        int presign =
                switch (row.presign()) {
                    case NONE -> 0;
                    case ASKED -> 1;
                    case ALL -> 2;
                };
        return new RowWriter().uint8(FORMAT).uint8(presign).uint8(row.sweeping() ? 1 : 0).toArray();
    }

    private static Row decode(byte[] value) {
        RowReader row = new RowReader("presign", value);
        row.format(FORMAT);
        PresignMode presign =
                switch (row.uint8()) {
                    case 0 -> PresignMode.NONE;
                    case 1 -> PresignMode.ASKED;
                    case 2 -> PresignMode.ALL;
                    default -> throw row.damaged("presign");
                };
        boolean sweeping = row.uint8() == 1;
        row.end();
        return new Row(presign, sweeping);
    }
}
