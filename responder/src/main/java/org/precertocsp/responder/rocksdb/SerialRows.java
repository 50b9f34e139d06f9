package org.precertocsp.responder.rocksdb;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.status.Finding;
import org.precertocsp.responder.status.Judgement;
import org.precertocsp.responder.status.Known;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreFailure;

/// The rows of one serial inside a change set: read when asked, written back into it.
final class SerialRows implements Known {
    private final PendingRows rows;
    private final int issuer;
    private final SerialKey serial;
    private final byte[] key;
    private final Optional<StatusRecord> record;
    private final int origin;
    private @Nullable List<Rows.Evidence> evidence;
    private @Nullable List<Rows.Conflict> conflicts;

    /// @param key of its rows
    /// @param status the bytes of its status row as they are now; null if there is none, empty if
    ///   the set deleted it
    SerialRows(
            PendingRows rows, int issuer, SerialKey serial, byte[] key, byte @Nullable [] status) {
        this.rows = rows;
        this.issuer = issuer;
        this.serial = serial;
        this.key = key;
        if (status == null || status.length == 0) {
            this.record = Optional.empty();
            this.origin = StatusBytes.NO_ORIGIN;
        } else {
            this.record = Optional.of(decode(serial, status));
            this.origin = StatusBytes.origin(status);
        }
    }

    /// @throws StoreFailure naming the serial, when its bytes cannot be read
    static StatusRecord decode(SerialKey serial, byte[] bytes) {
        try {
            return StatusBytes.decode(bytes);
        } catch (StoreFailure e) {
            throw new StoreFailure("status of %s: %s".formatted(serial, e.getMessage()), e);
        }
    }

    SerialKey serial() {
        return serial;
    }

    @Override
    public Optional<StatusRecord> record() {
        return record;
    }

    @Override
    public List<Finding.Carried> carried() {
        return evidence().stream()
                .map(entry -> new Finding.Carried(entry.by(), entry.commitment()))
                .toList();
    }

    @Override
    public List<Finding.Disputed> disputed() {
        return conflicts().stream()
                .map(entry -> new Finding.Disputed(entry.why(), entry.commitment()))
                .toList();
    }

    DueRows.Change changeTo(Optional<StatusRecord> next) {
        return new DueRows.Change(serial, issuer, record, next);
    }

    /// Keeps what was judged.
    ///
    /// @param source number of the feed
    /// @param ordinal rises within the source
    void keep(Judgement judgement, int source, int ordinal) {
        int nextOrigin = origin;
        for (Finding finding : judgement.findings()) {
            switch (finding) {
                case Finding.Carried carried -> {
                    add(carried, source);
                    nextOrigin = keepEvidence(judgement.record());
                }
                case Finding.Happened happened -> add(happened, source, ordinal);
                case Finding.Disputed disputed -> add(disputed, source);
            }
        }
        if (nextOrigin != origin || !judgement.record().equals(record)) {
            putRecord(judgement.record(), nextOrigin);
        }
    }

    private void putRecord(Optional<StatusRecord> next, int nextOrigin) {
        if (next.isPresent()) {
            rows.put(Family.STATUS, key, StatusBytes.encode(next.get(), nextOrigin));
        } else {
            rows.delete(Family.STATUS, key);
        }
    }

    private void add(Finding.Carried carried, int source) {
        List<Rows.Evidence> entries = new ArrayList<>(evidence());
        entries.add(new Rows.Evidence(carried.by(), carried.commitment(), source));
        evidence = entries;
    }

    /// Evidence that is one feed without a document goes into the status row, other evidence into a
    /// row of its own.
    ///
    /// @return the origin for the status row
    private int keepEvidence(Optional<StatusRecord> next) {
        List<Rows.Evidence> all = evidence();
        Rows.Evidence first = all.getFirst();
        if (all.size() == 1
                && first.commitment().isEmpty()
                && next.isPresent()
                && next.get() instanceof StatusRecord.Assigned assigned
                && assigned.by() == first.by()) {
            return first.source();
        }
        rows.put(Family.EVIDENCE, key, Rows.evidence(all));
        return StatusBytes.NO_ORIGIN;
    }

    private void add(Finding.Disputed disputed, int source) {
        List<Rows.Conflict> entries = new ArrayList<>(conflicts());
        entries.add(new Rows.Conflict(disputed.why(), disputed.commitment(), source));
        conflicts = entries;
        rows.put(Family.CONFLICTS, key, Rows.conflicts(entries));
    }

    private void add(Finding.Happened happened, int source, int ordinal) {
        byte[] at = Keys.history(issuer, serial.serial(), source, ordinal);
        rows.put(Family.HISTORY, at, Rows.event(happened.what()));
    }

    private List<Rows.Evidence> evidence() {
        if (evidence == null) {
            evidence =
                    record.isPresent() && record.get() instanceof StatusRecord.Assigned assigned
                            ? evidence(assigned)
                            : List.of();
        }
        return evidence;
    }

    private List<Rows.Evidence> evidence(StatusRecord.Assigned assigned) {
        return origin == StatusBytes.NO_ORIGIN
                ? rows.get(Family.EVIDENCE, key).map(Rows::evidence).orElse(List.of())
                : List.of(Rows.Evidence.plain(assigned, origin));
    }

    private List<Rows.Conflict> conflicts() {
        if (conflicts == null) {
            conflicts = rows.get(Family.CONFLICTS, key).map(Rows::conflicts).orElse(List.of());
        }
        return conflicts;
    }
}
