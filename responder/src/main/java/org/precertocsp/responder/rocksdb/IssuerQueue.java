package org.precertocsp.responder.rocksdb;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.answer.KeptResponse;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.freshness.DueRenewal;
import org.precertocsp.responder.freshness.DueRenewal.Why;
import org.precertocsp.responder.freshness.Settled;
import org.precertocsp.responder.status.SerialKey;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// The renewal queue of one issuer: what must be signed, in order of urgency. Not thread-safe.
///
/// The queue is rows in RocksDB, deleted as they are done. Deleted rows stay in the files until a
/// compaction removes them, and a reader that starts at the beginning has to step over each of
/// them; with millions of renewals a day that takes seconds. So rows are only added ahead of the
/// reader, and the reader goes on where it was ([QueueLane]). Its position is stored with what it
/// has done, so that a restart does not step over deleted rows either.
///
/// There are four lanes, each read in its own order:
///
/// - *changed*: serials whose status a change set altered. The set itself adds the rows
///   ([DueRows]), so that no change can lose its renewal.
/// - *planned*: stored responses, at the second when they are to be renewed. [Planned] adds one
///   with each response it writes. It never adds one behind the reader: reading moves a horizon,
///   and a row that would be due before the horizon is put right after it.
/// - *new*: serials assigned while every serial is to have a response.
/// - *swept*: no rows, but the statuses themselves, read once after the configuration began to ask
///   for a response to every serial.
///
/// A row stays until its renewal is settled. Settling deletes it, writes the renewed response and
/// its next row, and moves the positions, all in one batch. A crash before that batch costs a
/// signature; nothing is lost. Batches are not synced, because statuses and their changes are: a
/// response lost with the machine is signed again when it is requested.
final class IssuerQueue {
    private static final int PLANNED_EVERY = 4;
    private static final byte[] POSITION = "renewed ".getBytes(StandardCharsets.US_ASCII);

    private final Database database;
    private final ResponseTable responses;
    private final Planned planned;
    private final IssuerKey issuer;
    private final int number;
    private final QueueLane[] lanes = new QueueLane[QueueKeys.LANE_SWEPT + 1];

    IssuerQueue(
            Database database,
            ResponseTable responses,
            Planned planned,
            IssuerKey issuer,
            int number) {
        this.database = database;
        this.responses = responses;
        this.planned = planned;
        this.issuer = issuer;
        this.number = number;
        for (int lane = QueueKeys.LANE_CHANGED; lane <= QueueKeys.LANE_NEW; lane++) {
            lanes[lane] = lane(Family.RENEWALS, lane, QueueKeys.from(number, lane, 0));
        }
        lanes[QueueKeys.LANE_SWEPT] =
                lane(Family.STATUS, QueueKeys.LANE_SWEPT, Keys.issuer(number));
    }

    private QueueLane lane(Family family, int lane, byte[] start) {
        byte[] position =
                new RowWriter().raw(POSITION).raw(Keys.issuer(number)).octet(lane).toArray();
        return new QueueLane(database, family, position, start);
    }

    /// Of a revocation of very many, planned ones still get every fourth place: their responses
    /// would pass their deadlines behind it.
    ///
    /// @param seconds since 1970: planned ones are due up to here
    List<DueRenewal> due(long seconds, int limit) {
        int until = QueueKeys.seconds(Instant.ofEpochSecond(seconds + 1));
        byte[] horizon = QueueKeys.from(number, QueueKeys.LANE_PLANNED, until);
        List<byte[]> changed = read(QueueKeys.LANE_CHANGED, endOf(QueueKeys.LANE_CHANGED), limit);
        int room = limit - Math.min(changed.size(), limit - Math.ceilDiv(limit, PLANNED_EVERY));
        List<byte[]> plannedOnes = read(QueueKeys.LANE_PLANNED, horizon, room);
        room = limit - plannedOnes.size();
        if (changed.size() > room) {
            changed = read(QueueKeys.LANE_CHANGED, endOf(QueueKeys.LANE_CHANGED), room);
        }
        List<DueRenewal> due = new ArrayList<>();
        Iterator<byte[]> next = plannedOnes.iterator();
        for (byte[] key : changed) {
            due.add(row(QueueKeys.LANE_CHANGED, key));
            if (due.size() % PLANNED_EVERY == PLANNED_EVERY - 1 && next.hasNext()) {
                due.add(row(QueueKeys.LANE_PLANNED, next.next()));
            }
        }
        next.forEachRemaining(key -> due.add(row(QueueKeys.LANE_PLANNED, key)));
        for (byte[] key : read(QueueKeys.LANE_NEW, endOf(QueueKeys.LANE_NEW), limit - due.size())) {
            due.add(row(QueueKeys.LANE_NEW, key));
        }
        return due;
    }

    /// @param seconds since 1970: the earliest that counts. Deleted rows lie before, so none are
    ///   crawled over
    List<Instant> planned(long seconds, int limit) {
        List<Instant> planned = new ArrayList<>();
        int from = QueueKeys.seconds(Instant.ofEpochSecond(seconds));
        database.walk(
                Family.RENEWALS,
                QueueKeys.from(number, QueueKeys.LANE_PLANNED, from),
                endOf(QueueKeys.LANE_PLANNED),
                limit,
                (key, _) -> planned.add(QueueKeys.time(key)));
        return planned;
    }

    private byte[] endOf(int lane) {
        return QueueKeys.from(number, lane + 1, 0);
    }

    private List<byte[]> read(int lane, byte[] until, int limit) {
        List<byte[]> keys = new ArrayList<>();
        if (limit > 0) {
            lanes[lane].read(until, limit, keys::add);
        }
        return keys;
    }

    private DueRenewal row(int lane, byte[] key) {
        SerialKey serial = new SerialKey(issuer, QueueKeys.serial(key));
        Octets place = Octets.of(key);
        return switch (lane) {
            case QueueKeys.LANE_CHANGED ->
                    new DueRenewal(Why.CHANGED, serial, Optional.empty(), allForms(serial), place);
            case QueueKeys.LANE_PLANNED ->
                    one(Why.PLANNED, Forms.key(serial, QueueKeys.form(key)), place);
            default ->
                    new DueRenewal(
                            Why.NEW,
                            serial,
                            Optional.of(DueRenewal.usual(serial)),
                            List.of(),
                            place);
        };
    }

    private List<KeptResponse> allForms(SerialKey serial) {
        List<KeptResponse> kept = new ArrayList<>();
        for (int form = 0; form < Forms.COUNT; form++) {
            responses.find(number, Forms.key(serial, form), form).ifPresent(kept::add);
        }
        return kept;
    }

    private DueRenewal one(Why why, ResponseKey key, Octets place) {
        List<KeptResponse> kept = responses.find(number, key, Forms.of(key)).stream().toList();
        return new DueRenewal(why, key.serial(), Optional.of(key), kept, place);
    }

    /// The next of the serials that were assigned before all were to have a response.
    ///
    /// @return true if there were no more
    boolean sweep(int limit, Consumer<DueRenewal> due) {
        return lanes[QueueKeys.LANE_SWEPT].read(
                Keys.afterSerials(number), limit, key -> due.accept(swept(key)));
    }

    private DueRenewal swept(byte[] statusKey) {
        SerialKey serial = new SerialKey(issuer, Keys.serialIn(statusKey));
        byte[] place = QueueKeys.key(number, QueueKeys.LANE_SWEPT, 0, serial.serial(), 0);
        return one(Why.SWEPT, DueRenewal.usual(serial), Octets.of(place));
    }

    /// Called inside [Planned#write].
    void settle(WriteBatch batch, List<Settled> settled) throws RocksDBException {
        for (Settled one : settled) {
            remove(batch, one.due().place().toArray());
            for (KeptResponse renewed : one.renewed()) {
                planned.add(batch, number, renewed);
            }
            for (ResponseKey dropped : one.dropped()) {
                database.addDeletion(batch, Family.RESPONSES, rowOf(dropped));
            }
            if (one.again().isPresent()) {
                SerialKey serial = one.due().serial();
                ResponseKey key = one.due().asked().orElse(DueRenewal.usual(serial));
                planned.plan(batch, number, one.again().get(), serial.serial(), Forms.of(key));
            }
        }
        for (int lane = QueueKeys.LANE_CHANGED; lane <= QueueKeys.LANE_SWEPT; lane++) {
            lanes[lane].addPosition(batch);
        }
    }

    private byte[] rowOf(ResponseKey key) {
        return Keys.response(number, key.serial().serial(), Forms.of(key));
    }

    private void remove(WriteBatch batch, byte[] place) throws RocksDBException {
        int lane = QueueKeys.lane(place);
        if (lane == QueueKeys.LANE_SWEPT) {
            lanes[lane].settle(Keys.serial(number, QueueKeys.serial(place)));
        } else {
            database.addDeletion(batch, Family.RENEWALS, place);
            lanes[lane].settle(place);
        }
    }

    /// Called inside [Planned#write]: the next sweep begins with the first serial.
    void sweepAgain(WriteBatch batch) throws RocksDBException {
        lanes[QueueKeys.LANE_SWEPT].addRestart(batch);
    }

    /// Called inside [Planned#write]: removes all responses, and all that is due.
    void clear(WriteBatch batch) throws RocksDBException {
        byte[] from = Keys.issuer(number);
        byte[] until = Keys.afterSerials(number);
        database.addDeletion(batch, Family.RESPONSES, from, until);
        database.addDeletion(batch, Family.RENEWALS, from, until);
        for (int lane = QueueKeys.LANE_CHANGED; lane <= QueueKeys.LANE_SWEPT; lane++) {
            lanes[lane].addRestart(batch);
        }
    }

    /// Goes by the disk again, after a write that failed.
    void forget() {
        for (int lane = QueueKeys.LANE_CHANGED; lane <= QueueKeys.LANE_SWEPT; lane++) {
            lanes[lane].forget();
        }
    }
}
