package org.precertocsp.responder.intake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreException;

/// As much of a store as loading needs; judges changes more simply than the real rules do.
public final class ScratchStore implements StatusStore {
    private final Map<SerialKey, StatusRecord> records = new HashMap<>();
    private final List<ChangeSource> committed = new ArrayList<>();
    private final ChangeEpochs epochs = new ChangeEpochs();
    private final AtomicBoolean failing = new AtomicBoolean();

    /// From now on, commits fail or work again.
    public void fail(boolean fails) {
        failing.set(fails);
    }

    public synchronized List<ChangeSource> committed() {
        return List.copyOf(committed);
    }

    /// The serials known, of whatever issuer, in hexadecimal.
    public synchronized List<String> serials() {
        return records.keySet().stream()
                .map(SerialKey::serial)
                .map(Serial::toHex)
                .sorted()
                .toList();
    }

    @Override
    public synchronized Optional<StatusRecord> find(SerialKey key) {
        return Optional.ofNullable(records.get(key));
    }

    @Override
    public ChangeEpochs epochs() {
        return epochs;
    }

    @Override
    public StatusDetails dossier(SerialKey key) {
        return new StatusDetails(key, find(key), List.of(), List.of(), List.of());
    }

    @Override
    public List<Serial> serials(IssuerKey issuer, Optional<Serial> after, int limit) {
        return List.of();
    }

    @Override
    public void sightings(IssuerKey issuer, Consumer<CtObservation> each) {}

    @Override
    public synchronized ChangeSet begin(ChangeSource source) {
        return new Pending(source, new HashMap<>(records));
    }

    @Override
    public void close() {}

    private final class Pending implements ChangeSet {
        private final ChangeSource source;
        private final Map<SerialKey, StatusRecord> after;

        Pending(ChangeSource source, Map<SerialKey, StatusRecord> after) {
            this.source = source;
            this.after = after;
        }

        @Override
        public List<ChangeOutcome> applyAll(List<StatusChange> changes) {
            return changes.stream().map(this::applyOne).toList();
        }

        private ChangeOutcome applyOne(StatusChange change) {
            Optional<StatusRecord> before = Optional.ofNullable(after.get(change.key()));
            return switch (change) {
                case StatusChange.Assign assign -> apply(assign, before);
                case StatusChange.Revoke revoke -> apply(revoke, before);
                case StatusChange.Announce _, StatusChange.CancelAnnouncement _ ->
                        new ChangeOutcome.Refused("this is forbidden");
            };
        }

        private ChangeOutcome apply(StatusChange.Assign assign, Optional<StatusRecord> before) {
            if (before.isEmpty()) {
                after.put(
                        assign.key(),
                        new StatusRecord.Assigned(
                                assign.by(), assign.notAfter(), Optional.empty()));
                return new ChangeOutcome.Added();
            }
            return assign.by() == AssignedBy.DECLARATION
                    ? new ChangeOutcome.Conflict("two documents claim it")
                    : new ChangeOutcome.Unchanged();
        }

        private ChangeOutcome apply(StatusChange.Revoke revoke, Optional<StatusRecord> before) {
            StatusRecord now =
                    new StatusRecord.Assigned(
                            AssignedBy.REVOCATION,
                            Optional.empty(),
                            Optional.of(revoke.revocation()));
            if (before.equals(Optional.of(now))) {
                return new ChangeOutcome.Unchanged();
            }
            after.put(revoke.key(), now);
            return before.isEmpty()
                    ? new ChangeOutcome.AddedByRevocation()
                    : new ChangeOutcome.Changed("revoked");
        }

        @Override
        public Optional<StatusRecord> find(SerialKey key) {
            return Optional.ofNullable(after.get(key));
        }

        @Override
        public <V> Optional<V> get(StateKey<V> key) {
            return Optional.empty();
        }

        @Override
        public <V> void put(StateKey<V> key, V value) {}

        @Override
        public void remove(StateKey<?> key) {
            // No feed of files removes any.
        }

        @Override
        public void commit() {
            if (failing.get()) {
                throw new StoreException("the disk is full", null);
            }
            synchronized (ScratchStore.this) {
                records.clear();
                records.putAll(after);
                committed.add(source);
                epochs.advanceAll();
            }
        }

        @Override
        public void close() {}
    }
}
