package org.precertocsp.responder.rocksdb;

import java.time.Instant;
import org.precertocsp.ocsp.IssuerKey;

/// Since when the server has answered for each issuer: format (1), seconds since 1970 (8). Keyed by
/// both hashes, since an issuer may be served before anything of it is stored.
final class StartRows {
    private static final int FORMAT = 1;

    private StartRows() {}

    /// The time stored; `now` is stored, durably, where there is none yet. Called by one thread at
    /// a time.
    static Instant first(Database database, IssuerKey issuer, Instant now) {
        byte[] key = Keys.firstStart(IssuerNumbers.Hashes.of(issuer));
        return database.get(Family.META, key)
                .map(StartRows::decode)
                .orElseGet(
                        () -> {
                            PendingRows rows = new PendingRows(database);
                            rows.put(Family.META, key, encode(now));
                            rows.write();
                            return decode(encode(now));
                        });
    }

    private static byte[] encode(Instant at) {
        return new RowWriter().octet(FORMAT).int64(at.getEpochSecond()).toArray();
    }

    private static Instant decode(byte[] value) {
        RowReader row = new RowReader("first start", value);
        row.format(FORMAT);
        Instant at = Instant.ofEpochSecond(row.int64());
        row.end();
        return at;
    }
}
