package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.status.CommitMark;

/// The row of the newest [CommitMark]: format (1), set (8), value. Schemas 1 and 2 stored it as the
/// position of a Certificate Transparency log that does not exist; opening such a store for writing
/// moves it, and opening it for reading finds it at the old key.
final class CommitMarkCodec {
    static final byte[] KEY = "audit commit mark".getBytes(StandardCharsets.US_ASCII);

    /// Its key in schemas 1 and 2, as a [CtLogPosition] whose `first` is the set and whose root is
    /// the value.
    static final byte[] FORMER_KEY =
            RowKeys.logHead(
                    HashAlgorithm.SHA256.hash(
                            ByteString.of(
                                    "precert-ocsp audit set".getBytes(StandardCharsets.US_ASCII))));

    private static final int FORMAT = 1;

    private CommitMarkCodec() {}

    static Optional<CommitMark> read(RocksDatabase database) {
        return database.get(ColumnFamily.META, KEY)
                .map(CommitMarkCodec::decode)
                .or(() -> readFormer(database));
    }

    private static Optional<CommitMark> readFormer(RocksDatabase database) {
        return database.get(ColumnFamily.META, FORMER_KEY)
                .map(RecordCodec::logHead)
                .map(head -> new CommitMark(head.first(), head.root()));
    }

    /// Moves the mark to its own key, in the batch that raises the schema.
    static void migrate(RocksDatabase database, PendingWrites rows) {
        readFormer(database)
                .ifPresent(
                        mark -> {
                            rows.put(ColumnFamily.META, KEY, encode(mark));
                            rows.delete(ColumnFamily.META, FORMER_KEY);
                        });
    }

    static byte[] encode(CommitMark mark) {
        return new RowWriter().uint8(FORMAT).int64(mark.set()).bytes(mark.value()).toArray();
    }

    static CommitMark decode(byte[] bytes) {
        RowReader row = new RowReader("commit mark", bytes);
        row.format(FORMAT);
        long set = row.int64();
        ByteString value = row.bytes();
        row.end();
        return new CommitMark(set, value);
    }
}
