package org.precertocsp.responder.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.status.ChangeDecision;
import org.precertocsp.responder.status.ChangeEffect;
import org.precertocsp.responder.status.CurrentState;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;

/// The rows of one serial inside a change set: read on demand, written back into it.
final class SerialRows implements CurrentState {
    private final PendingWrites rows;
    private final int issuer;
    private final SerialKey serial;
    private final byte[] key;
    private final Optional<StatusRecord> record;
    private final int origin;
    private @Nullable List<RecordCodec.Evidence> evidence;
    private @Nullable List<RecordCodec.Conflict> conflicts;

    /// @param key of its rows
    /// @param status the current bytes of its status row; null if there is none, empty if the set
    ///   deleted it
    SerialRows(
            PendingWrites rows,
            int issuer,
            SerialKey serial,
            byte[] key,
            byte @Nullable [] status) {
        this.rows = rows;
        this.issuer = issuer;
        this.serial = serial;
        this.key = key;
        if (status == null || status.length == 0) {
            this.record = Optional.empty();
            this.origin = StatusCodec.NO_ORIGIN;
        } else {
            this.record = Optional.of(decode(serial, status));
            this.origin = StatusCodec.origin(status);
        }
    }

    /// @throws StoreException naming the serial, when its bytes cannot be read
    static StatusRecord decode(SerialKey serial, byte[] bytes) {
        try {
            return StatusCodec.decode(bytes);
        } catch (StoreException e) {
            throw new StoreException("status of %s: %s".formatted(serial, e.getMessage()), e);
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
    public List<ChangeEffect.Carried> carried() {
        return evidence().stream()
                .map(entry -> new ChangeEffect.Carried(entry.by(), entry.commitment()))
                .toList();
    }

    @Override
    public List<ChangeEffect.Disputed> disputed() {
        return conflicts().stream()
                .map(entry -> new ChangeEffect.Disputed(entry.why(), entry.commitment()))
                .toList();
    }

    RenewalTriggers.Change changeTo(Optional<StatusRecord> next) {
        return new RenewalTriggers.Change(serial.serial(), issuer, record, next);
    }

    /// Stores a decision.
    ///
    /// @param source number of the feed
    /// @param ordinal increases within the source
    void keep(ChangeDecision judgement, int source, int ordinal) {
        int nextOrigin = origin;
        for (ChangeEffect finding : judgement.findings()) {
            switch (finding) {
                case ChangeEffect.Carried carried -> {
                    add(carried, source);
                    nextOrigin = keepEvidence(judgement.record());
                }
                case ChangeEffect.Happened happened -> add(happened, source, ordinal);
                case ChangeEffect.Disputed disputed -> add(disputed, source);
            }
        }
        if (nextOrigin != origin || !judgement.record().equals(record)) {
            putRecord(judgement.record(), nextOrigin);
        }
    }

    private void putRecord(Optional<StatusRecord> next, int nextOrigin) {
        if (next.isPresent()) {
            rows.put(ColumnFamily.STATUS, key, StatusCodec.encode(next.get(), nextOrigin));
        } else {
            rows.delete(ColumnFamily.STATUS, key);
        }
    }

    private void add(ChangeEffect.Carried carried, int source) {
        RecordCodec.Evidence entry =
                new RecordCodec.Evidence(carried.by(), carried.commitment(), source);
        if (evidence().isEmpty()) {
            evidence = List.of(entry);
        } else {
            evidence = new ArrayList<>(evidence());
            evidence.add(entry);
        }
    }

    /// Evidence that is one feed without a document is encoded in the status row, other evidence in
    /// a row of its own.
    ///
    /// @return the origin for the status row
    private int keepEvidence(Optional<StatusRecord> next) {
        List<RecordCodec.Evidence> all = evidence();
        RecordCodec.Evidence first = all.getFirst();
        if (all.size() == 1
                && first.commitment().isEmpty()
                && next.isPresent()
                && next.get() instanceof StatusRecord.Assigned assigned
                && assigned.by() == first.by()) {
            return first.source();
        }
        rows.put(ColumnFamily.EVIDENCE, key, RecordCodec.evidence(all));
        return StatusCodec.NO_ORIGIN;
    }

    private void add(ChangeEffect.Disputed disputed, int source) {
        List<RecordCodec.Conflict> entries = new ArrayList<>(conflicts());
        entries.add(new RecordCodec.Conflict(disputed.why(), disputed.commitment(), source));
        conflicts = entries;
        rows.put(ColumnFamily.CONFLICTS, key, RecordCodec.conflicts(entries));
    }

    private void add(ChangeEffect.Happened happened, int source, int ordinal) {
        byte[] at = RowKeys.history(issuer, serial.serial(), source, ordinal);
        rows.put(ColumnFamily.HISTORY, at, RecordCodec.event(happened.what()));
    }

    private List<RecordCodec.Evidence> evidence() {
        if (evidence == null) {
            evidence =
                    record.isPresent() && record.get() instanceof StatusRecord.Assigned assigned
                            ? evidence(assigned)
                            : List.of();
        }
        return evidence;
    }

    private List<RecordCodec.Evidence> evidence(StatusRecord.Assigned assigned) {
        return origin == StatusCodec.NO_ORIGIN
                ? rows.get(ColumnFamily.EVIDENCE, key).map(RecordCodec::evidence).orElse(List.of())
                : List.of(RecordCodec.Evidence.plain(assigned, origin));
    }

    private List<RecordCodec.Conflict> conflicts() {
        if (conflicts == null) {
            conflicts =
                    rows.get(ColumnFamily.CONFLICTS, key)
                            .map(RecordCodec::conflicts)
                            .orElse(List.of());
        }
        return conflicts;
    }
}
