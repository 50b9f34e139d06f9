package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.StoreException;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Signed responses that a node receives from others, which signed them: written together with the
/// position in the log they come from, and removed when they have expired, since nothing renews
/// them here. Thread-safe.
///
/// A response replaces an older one only. So responses may come in any order and repeatedly, and a
/// position that a crash lost is harmless.
///
/// Nothing compares a response with the status of its serial: the status may come later, from
/// another log. It is compared when the response is about to be served (invariant 4).
public final class ReceivedResponses {
    private static final int FORMAT = 1;
    private static final int MAX_PARTITIONS = 1_024;
    private static final byte[] POSITIONS = "responses read".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SWEPT = "responses swept".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FIRST = {};
    private static final byte[] END = RowKeys.afterSerials(IssuerNumbers.MAX_ISSUERS);

    private final RocksDatabase database;
    private final IssuerNumbers issuers;
    private final RenewalSchedule rows;
    private final Supplier<Optional<String>> full;

    ReceivedResponses(
            RocksDatabase database,
            IssuerNumbers issuers,
            RenewalSchedule rows,
            Supplier<Optional<String>> full) {
        this.database = database;
        this.issuers = issuers;
        this.rows = rows;
        this.full = full;
    }

    /// The positions that were written last; none if there are none.
    ///
    /// @throws StoreException the store cannot be read
    public List<Long> positions() {
        return database.get(ColumnFamily.META, POSITIONS)
                .map(ReceivedResponses::decode)
                .orElse(List.of());
    }

    private static byte[] encode(List<Long> positions) {
        if (positions.size() > MAX_PARTITIONS) {
            throw new IllegalArgumentException(positions.size() + " positions");
        }
        RowWriter row = new RowWriter().uint8(FORMAT).count(positions.size());
        positions.forEach(row::int64);
        return row.toArray();
    }

    private static List<Long> decode(byte[] value) {
        RowReader row = new RowReader("responses read", value);
        row.format(FORMAT);
        int count = row.count();
        if (count > MAX_PARTITIONS) {
            throw row.damaged(count + " positions");
        }
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            positions.add(row.int64());
        }
        row.end();
        return List.copyOf(positions);
    }

    /// Why responses must not be written now, or empty: the disk is nearly full.
    public Optional<String> full() {
        return full.get();
    }

    /// Whether responses of that issuer can be written: the store has a status of it. An authority
    /// signs for no other, so the status is on its way.
    public boolean knows(IssuerKey issuer) {
        return issuers.find(issuer).isPresent();
    }

    /// Writes responses that are newer than those stored, and the positions after them, together
    /// and without waiting for the disk. Blocks on the disk to read.
    ///
    /// @param responses of issuers that this store [#knows]; others are left out
    /// @return the number of responses written
    /// @throws StoreException nothing was written
    public int write(List<StoredResponse> responses, List<Long> positions) {
        int[] written = new int[1];
        rows.write(
                batch -> {
                    written[0] = add(batch, responses);
                    database.add(batch, ColumnFamily.META, POSITIONS, encode(positions));
                });
        return written[0];
    }

    private record Candidate(int issuer, StoredResponse response, ResponseCodec.Age age) {
        static Candidate newer(Candidate one, Candidate other) {
            return other.age().isNewerThan(one.age()) ? other : one;
        }
    }

    private int add(WriteBatch batch, List<StoredResponse> responses) throws RocksDBException {
        // In the order of their keys, in which they are read fastest.
        Map<byte[], Candidate> newest = new TreeMap<>(Arrays::compareUnsigned);
        for (StoredResponse response : responses) {
            int issuer = issuers.numberOf(response.key().serial().issuer());
            if (issuer != 0) {
                newest.merge(
                        RowKeys.response(
                                issuer,
                                response.key().serial().serial(),
                                CertIdVariant.of(response.key())),
                        new Candidate(issuer, response, ResponseCodec.Age.of(response)),
                        Candidate::newer);
            }
        }
        List<byte[]> before = database.getAll(ColumnFamily.RESPONSES, List.copyOf(newest.keySet()));
        int written = 0;
        int next = 0;
        for (Candidate candidate : newest.values()) {
            byte[] row = before.get(next);
            next++;
            if (row == null || isNewer(candidate, row)) {
                rows.add(batch, candidate.issuer(), candidate.response());
                written++;
            }
        }
        return written;
    }

    /// Also than a row that cannot be read.
    private static boolean isNewer(Candidate candidate, byte[] row) {
        try {
            return candidate.age().isNewerThan(ResponseCodec.age(row));
        } catch (StoreException _) {
            return true;
        }
    }

    /// About how many responses are stored.
    public long size() {
        return database.estimate(ColumnFamily.RESPONSES);
    }

    /// Reads the next responses in the order of their keys, from where the last call ended, or a
    /// process before it, and removes those that expired before `time`. Responses are not written
    /// meanwhile, so `limit` should take milliseconds.
    ///
    /// @param limit of responses to read
    /// @return the number of responses removed
    /// @throws StoreException nothing was removed
    public int removeExpired(Instant time, int limit) {
        List<byte[]> expired = new ArrayList<>();
        byte[] from = database.get(ColumnFamily.META, SWEPT).orElse(FIRST);
        rows.write(
                batch -> {
                    byte[][] last = {FIRST};
                    boolean ended =
                            database.walk(
                                    ColumnFamily.RESPONSES,
                                    from,
                                    END,
                                    limit,
                                    (key, row) -> {
                                        last[0] = key;
                                        if (isExpired(row, time)) {
                                            expired.add(key);
                                        }
                                    });
                    for (byte[] key : expired) {
                        database.addDeletion(batch, ColumnFamily.RESPONSES, key);
                    }
                    database.add(
                            batch,
                            ColumnFamily.META,
                            SWEPT,
                            ended ? FIRST : Arrays.copyOf(last[0], last[0].length + 1));
                });
        return expired.size();
    }

    /// A row that cannot be read is never served.
    private static boolean isExpired(byte[] row, Instant time) {
        try {
            return ResponseCodec.age(row).window().nextUpdate().isBefore(time);
        } catch (StoreException _) {
            return true;
        }
    }
}
