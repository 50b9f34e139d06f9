package org.precertocsp.responder.rocksdb;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.status.Finding;
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
    private @Nullable List<Rows.Evidence> evidence;
    private @Nullable List<Rows.Conflict> conflicts;

    SerialRows(PendingRows rows, int issuer, SerialKey serial) {
        this.rows = rows;
        this.issuer = issuer;
        this.serial = serial;
        this.key = Keys.serial(issuer, serial.serial());
        this.record = rows.get(Family.STATUS, key).map(bytes -> decode(serial, bytes));
    }

    /// @throws StoreFailure naming the serial, when its bytes cannot be read
    static StatusRecord decode(SerialKey serial, byte[] bytes) {
        try {
            return StatusBytes.decode(bytes);
        } catch (StoreFailure e) {
            throw new StoreFailure("status of %s: %s".formatted(serial, e.getMessage()), e);
        }
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

    void putRecord(Optional<StatusRecord> next) {
        if (next.isPresent()) {
            rows.put(Family.STATUS, key, StatusBytes.encode(next.get()));
        } else {
            rows.delete(Family.STATUS, key);
        }
    }

    void add(Finding.Carried carried, int source) {
        List<Rows.Evidence> entries = new ArrayList<>(evidence());
        entries.add(new Rows.Evidence(carried.by(), carried.commitment(), source));
        rows.put(Family.EVIDENCE, key, Rows.evidence(entries));
    }

    void add(Finding.Disputed disputed, int source) {
        List<Rows.Conflict> entries = new ArrayList<>(conflicts());
        entries.add(new Rows.Conflict(disputed.why(), disputed.commitment(), source));
        rows.put(Family.CONFLICTS, key, Rows.conflicts(entries));
    }

    /// @param ordinal rises within the source
    void add(Finding.Happened happened, int source, int ordinal) {
        byte[] at = Keys.history(issuer, serial.serial(), source, ordinal);
        rows.put(Family.HISTORY, at, Rows.event(happened.what()));
    }

    private List<Rows.Evidence> evidence() {
        if (evidence == null) {
            // Only an assigned serial has evidence, so a bulk load of new ones asks for none.
            evidence =
                    record.isPresent() && record.get() instanceof StatusRecord.Assigned
                            ? rows.get(Family.EVIDENCE, key).map(Rows::evidence).orElse(List.of())
                            : List.of();
        }
        return evidence;
    }

    private List<Rows.Conflict> conflicts() {
        if (conflicts == null) {
            conflicts = rows.get(Family.CONFLICTS, key).map(Rows::conflicts).orElse(List.of());
        }
        return conflicts;
    }
}
