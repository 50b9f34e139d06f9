package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.renewal.DueRenewal;
import org.precertocsp.responder.renewal.DueRenewal.Why;
import org.precertocsp.responder.renewal.RenewalResult;
import org.precertocsp.responder.status.SerialKey;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// The renewal queue of one issuer: the responses to sign, in order of urgency. Not thread-safe.
///
/// The queue is rows in RocksDB, deleted when they are settled. Deleted rows stay in the files
/// until a compaction removes them, and a reader that starts at the beginning has to step over each
/// of them; with millions of renewals a day that takes seconds. So rows are only added ahead of the
/// reader, and the reader continues at its position ([QueueCursor]). The position is stored with
/// the results, so that a restart does not step over deleted rows either.
///
/// There are four lanes, each read in its own order:
///
/// - *changed*: serials whose status a change set altered. The set itself adds the rows
///   ([RenewalTriggers]), so that no change can lose its renewal.
/// - *planned*: stored responses, at the second when they are to be renewed. [RenewalSchedule] adds
///   one with each response it writes. It never adds one behind the reader: reading moves a
///   horizon, and a row that would be due before the horizon is put right after it.
/// - *new*: serials assigned while every serial is to have a response.
/// - *swept*: no rows, but the statuses themselves, read once after the configuration began to
///   require a response for every serial. A row stays until its renewal is settled. Settling
///   deletes it, writes the renewed response and its next row, and moves the positions, all in one
///   batch. A crash before that batch costs a signature; nothing is lost. Batches are not synced,
///   because statuses and their changes are: a response lost with the machine is signed again when
///   it is requested.
final class IssuerRenewalQueue {
    private static final int PLANNED_EVERY = 4;
    private static final byte[] POSITION = "renewed ".getBytes(StandardCharsets.US_ASCII);

    private final RocksDatabase database;
    private final RocksResponseStore responses;
    private final RenewalSchedule planned;
    private final IssuerKey issuer;
    private final int number;
    private final QueueCursor[] lanes = new QueueCursor[RenewalQueueKeys.LANE_SWEPT + 1];

    IssuerRenewalQueue(
            RocksDatabase database,
            RocksResponseStore responses,
            RenewalSchedule planned,
            IssuerKey issuer,
            int number) {
        this.database = database;
        this.responses = responses;
        this.planned = planned;
        this.issuer = issuer;
        this.number = number;
        for (int lane = RenewalQueueKeys.LANE_CHANGED; lane <= RenewalQueueKeys.LANE_NEW; lane++) {
            lanes[lane] = lane(ColumnFamily.RENEWALS, lane, RenewalQueueKeys.from(number, lane, 0));
        }
        lanes[RenewalQueueKeys.LANE_SWEPT] =
                lane(ColumnFamily.STATUS, RenewalQueueKeys.LANE_SWEPT, RowKeys.issuer(number));
    }

    private QueueCursor lane(ColumnFamily family, int lane, byte[] start) {
        byte[] position =
                new RowWriter().raw(POSITION).raw(RowKeys.issuer(number)).uint8(lane).toArray();
        return new QueueCursor(database, family, position, start);
    }

    /// After a revocation of very many, planned ones still get every fourth position: otherwise
    /// their responses would pass their deadlines.
    ///
    /// @param seconds since 1970: planned ones are due up to this time
    List<DueRenewal> due(long seconds, int limit) {
        int until = RenewalQueueKeys.seconds(Instant.ofEpochSecond(seconds + 1));
        byte[] horizon = RenewalQueueKeys.from(number, RenewalQueueKeys.LANE_PLANNED, until);
        List<byte[]> changed =
                read(RenewalQueueKeys.LANE_CHANGED, endOf(RenewalQueueKeys.LANE_CHANGED), limit);
        int room = limit - Math.min(changed.size(), limit - Math.ceilDiv(limit, PLANNED_EVERY));
        List<byte[]> plannedOnes = read(RenewalQueueKeys.LANE_PLANNED, horizon, room);
        room = limit - plannedOnes.size();
        if (changed.size() > room) {
            changed =
                    read(RenewalQueueKeys.LANE_CHANGED, endOf(RenewalQueueKeys.LANE_CHANGED), room);
        }
        List<byte[]> urgent = new ArrayList<>(changed.size() + plannedOnes.size());
        Iterator<byte[]> next = plannedOnes.iterator();
        for (byte[] key : changed) {
            urgent.add(key);
            if (urgent.size() % PLANNED_EVERY == PLANNED_EVERY - 1 && next.hasNext()) {
                urgent.add(next.next());
            }
        }
        next.forEachRemaining(urgent::add);
        List<DueRenewal> due = withResponses(urgent);
        for (byte[] key :
                read(
                        RenewalQueueKeys.LANE_NEW,
                        endOf(RenewalQueueKeys.LANE_NEW),
                        limit - due.size())) {
            due.add(created(key));
        }
        return due;
    }

    /// @param seconds since 1970: the earliest to read. Deleted rows lie before it, so none are
    ///   stepped over
    List<Instant> planned(long seconds, int limit) {
        List<Instant> planned = new ArrayList<>();
        int from = RenewalQueueKeys.seconds(Instant.ofEpochSecond(seconds));
        database.walk(
                ColumnFamily.RENEWALS,
                RenewalQueueKeys.from(number, RenewalQueueKeys.LANE_PLANNED, from),
                endOf(RenewalQueueKeys.LANE_PLANNED),
                limit,
                (key, _) -> planned.add(RenewalQueueKeys.time(key)));
        return planned;
    }

    private byte[] endOf(int lane) {
        return RenewalQueueKeys.from(number, lane + 1, 0);
    }

    private List<byte[]> read(int lane, byte[] until, int limit) {
        List<byte[]> keys = new ArrayList<>();
        if (limit > 0) {
            lanes[lane].read(until, limit, keys::add);
        }
        return keys;
    }

    /// @param keys of rows in the lanes of changed and planned ones
    private List<DueRenewal> withResponses(List<byte[]> keys) {
        Map<Serial, List<StoredResponse>> kept =
                responses.findAll(
                        number, issuer, keys.stream().map(RenewalQueueKeys::serial).toList());
        List<DueRenewal> due = new ArrayList<>(keys.size());
        for (byte[] key : keys) {
            SerialKey serial = new SerialKey(issuer, RenewalQueueKeys.serial(key));
            List<StoredResponse> all = kept.getOrDefault(serial.serial(), List.of());
            ByteString place = ByteString.of(key);
            due.add(
                    RenewalQueueKeys.lane(key) == RenewalQueueKeys.LANE_CHANGED
                            ? new DueRenewal(Why.CHANGED, serial, Optional.empty(), all, place)
                            : one(
                                    Why.PLANNED,
                                    CertIdVariant.key(serial, RenewalQueueKeys.form(key)),
                                    all,
                                    place));
        }
        return due;
    }

    private DueRenewal created(byte[] key) {
        SerialKey serial = new SerialKey(issuer, RenewalQueueKeys.serial(key));
        return one(Why.NEW, DueRenewal.usual(serial), List.of(), ByteString.of(key));
    }

    /// @param all responses of the serial
    private static DueRenewal one(
            Why why, ResponseKey key, List<StoredResponse> all, ByteString place) {
        List<StoredResponse> kept = all.stream().filter(it -> it.key().equals(key)).toList();
        return new DueRenewal(why, key.serial(), Optional.of(key), kept, place);
    }

    /// The next of the serials that were assigned before all were to have a response.
    ///
    /// @return true if there were no more
    boolean sweep(int limit, Consumer<DueRenewal> due) {
        List<Serial> serials = new ArrayList<>();
        boolean ended =
                lanes[RenewalQueueKeys.LANE_SWEPT].read(
                        RowKeys.afterSerials(number),
                        limit,
                        key -> serials.add(RowKeys.serialIn(key)));
        Map<Serial, List<StoredResponse>> kept = responses.findAll(number, issuer, serials);
        for (Serial serial : serials) {
            byte[] place = RenewalQueueKeys.key(number, RenewalQueueKeys.LANE_SWEPT, 0, serial, 0);
            due.accept(
                    one(
                            Why.SWEPT,
                            DueRenewal.usual(new SerialKey(issuer, serial)),
                            kept.getOrDefault(serial, List.of()),
                            ByteString.of(place)));
        }
        return ended;
    }

    /// Called inside [RenewalSchedule#write].
    void settle(WriteBatch batch, List<RenewalResult> settled) throws RocksDBException {
        for (RenewalResult one : settled) {
            remove(batch, one.due().place().toArray());
            for (StoredResponse renewed : one.renewed()) {
                planned.add(batch, number, renewed);
            }
            for (ResponseKey dropped : one.dropped()) {
                database.addDeletion(batch, ColumnFamily.RESPONSES, rowOf(dropped));
            }
            if (one.again().isPresent()) {
                SerialKey serial = one.due().serial();
                ResponseKey key = one.due().asked().orElse(DueRenewal.usual(serial));
                planned.plan(
                        batch, number, one.again().get(), serial.serial(), CertIdVariant.of(key));
            }
        }
        for (int lane = RenewalQueueKeys.LANE_CHANGED;
                lane <= RenewalQueueKeys.LANE_SWEPT;
                lane++) {
            lanes[lane].addPosition(batch);
        }
    }

    private byte[] rowOf(ResponseKey key) {
        return RowKeys.response(number, key.serial().serial(), CertIdVariant.of(key));
    }

    private void remove(WriteBatch batch, byte[] place) throws RocksDBException {
        int lane = RenewalQueueKeys.lane(place);
        if (lane == RenewalQueueKeys.LANE_SWEPT) {
            lanes[lane].settle(RowKeys.serial(number, RenewalQueueKeys.serial(place)));
        } else {
            database.addDeletion(batch, ColumnFamily.RENEWALS, place);
            lanes[lane].settle(place);
        }
    }

    /// Called inside [RenewalSchedule#write]: the next sweep begins with the first serial.
    void sweepAgain(WriteBatch batch) throws RocksDBException {
        lanes[RenewalQueueKeys.LANE_SWEPT].addRestart(batch);
    }

    /// Called inside [RenewalSchedule#write]: removes all responses, and all that is due.
    void clear(WriteBatch batch) throws RocksDBException {
        byte[] from = RowKeys.issuer(number);
        byte[] until = RowKeys.afterSerials(number);
        database.addDeletion(batch, ColumnFamily.RESPONSES, from, until);
        database.addDeletion(batch, ColumnFamily.RENEWALS, from, until);
        for (int lane = RenewalQueueKeys.LANE_CHANGED;
                lane <= RenewalQueueKeys.LANE_SWEPT;
                lane++) {
            lanes[lane].addRestart(batch);
        }
    }

    /// Reloads the state from disk, after a write that failed.
    void forget() {
        for (int lane = RenewalQueueKeys.LANE_CHANGED;
                lane <= RenewalQueueKeys.LANE_SWEPT;
                lane++) {
            lanes[lane].forget();
        }
    }

    /// The position of one reader among rows that are settled from the front: all before it are
    /// settled. The position is stored on disk, so that a restart does not step over deleted rows.
    /// Not thread-safe.
    static final class QueueCursor {
        private final RocksDatabase database;
        private final ColumnFamily family;
        private final byte[] positionKey;
        private final byte[] start;

        // Rows returned and not settled, in order.
        private final LinkedHashSet<ByteString> open = new LinkedHashSet<>();
        private byte @Nullable [] position;
        private byte @Nullable [] passed;

        /// @param positionKey in META
        /// @param start before the lane's first row
        QueueCursor(RocksDatabase database, ColumnFamily family, byte[] positionKey, byte[] start) {
            this.database = database;
            this.family = family;
            this.positionKey = positionKey;
            this.start = start;
        }

        /// Passes the keys from the position on, up to `limit` of them, again until they are
        /// settled.
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
                        open.add(ByteString.of(key));
                        passed = RenewalQueueKeys.after(key);
                        row.accept(key);
                    });
        }

        /// If the end lies before the position, the clock was set back over a restart: later plans
        /// lie behind the position too.
        private byte[] position(byte[] until) {
            byte[] known = position;
            if (known == null) {
                known = database.get(ColumnFamily.META, positionKey).orElse(start);
            }
            position = Arrays.compareUnsigned(known, until) < 0 ? known : start;
            return position;
        }

        void settle(byte[] key) {
            open.remove(ByteString.of(key));
        }

        /// Adds the position after the settled rows.
        void addPosition(WriteBatch batch) throws RocksDBException {
            if (passed != null) {
                position = open.isEmpty() ? passed : open.getFirst().toArray();
                database.add(batch, ColumnFamily.META, positionKey, position);
            }
        }

        void addRestart(WriteBatch batch) throws RocksDBException {
            forget();
            database.addDeletion(batch, ColumnFamily.META, positionKey);
        }

        /// Reloads the state from disk, after a write that failed.
        void forget() {
            open.clear();
            position = null;
            passed = null;
        }
    }
}
