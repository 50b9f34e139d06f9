package org.precertocsp.responder.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeDecision;
import org.precertocsp.responder.status.ChangeEffect;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeRules;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CurrentState;
import org.precertocsp.responder.status.FrozenRows;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoredRow;
import org.precertocsp.responder.status.TestChanges;

/// The disk of a node of [ClusterSimulation], and the store on it, of which one process at a time
/// is the user.
interface SimulatedDisk extends AutoCloseable {
    /// A process starts.
    ReplicatedStore open();

    /// What the running process would read.
    Optional<StatusRecord> find(SerialKey key);

    /// The process has ended.
    ///
    /// @param losing decides how much is lost of what the disk has not confirmed
    void crash(Random losing);

    /// Keeps a copy of the disk, of which no process is the user.
    void copy();

    /// The disk is replaced by the copy, if there is one.
    void restore();

    @Override
    void close();

    /// In memory. Its rows have one byte, good or revoked; [ChangeRules] judge changes as in the
    /// real store, and a write is atomic and can be lost from its end, as there.
    final class InMemory implements SimulatedDisk {
        private static final ByteString GOOD = ByteString.of((byte) 0);
        private static final ByteString REVOKED = ByteString.of((byte) 1);
        private static final StatusRecord.Assigned ASSIGNED =
                new StatusRecord.Assigned(
                        AssignedBy.DECLARATION,
                        Optional.of(TestChanges.NOT_AFTER),
                        Optional.empty());
        private static final StatusRecord.Assigned ENDED =
                new StatusRecord.Assigned(
                        AssignedBy.DECLARATION,
                        Optional.of(TestChanges.NOT_AFTER),
                        Optional.of(
                                new Revocation(
                                        TestChanges.REVOKED_AT,
                                        RevocationReason.SUPERSEDED,
                                        Optional.empty())));

        /// As many writes can be lost at once.
        private static final int MOST_LOST = 20;

        private record Version(
                Map<ByteString, ByteString> rows,
                Optional<ByteString> position,
                Optional<ByteString> note) {}

        private final boolean synced;
        private final List<Version> versions = new ArrayList<>();
        private @Nullable Version copy;

        /// @param synced whether a write waits for the disk
        InMemory(boolean synced) {
            this.synced = synced;
            versions.add(new Version(Map.of(), Optional.empty(), Optional.empty()));
        }

        private Version now() {
            return versions.getLast();
        }

        @Override
        public ReplicatedStore open() {
            return new Store();
        }

        // The keys of a simulation are always the same objects.
        private final IdentityHashMap<SerialKey, ByteString> rowKeys = new IdentityHashMap<>();

        private ByteString rowKey(SerialKey key) {
            return rowKeys.computeIfAbsent(
                    key,
                    it ->
                            ByteString.of(
                                    it.serial().toString().getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        public Optional<StatusRecord> find(SerialKey key) {
            @Nullable ByteString value = now().rows().get(rowKey(key));
            return value == null
                    ? Optional.empty()
                    : Optional.of(value.equals(REVOKED) ? ENDED : ASSIGNED);
        }

        @Override
        public void crash(Random losing) {
            int keep = versions.size() - losing.nextInt(versions.size());
            versions.subList(keep, versions.size()).clear();
        }

        @Override
        public void copy() {
            copy = now();
        }

        @Override
        public void restore() {
            if (copy != null) {
                versions.clear();
                versions.add(copy);
            }
        }

        @Override
        public void close() {}

        private void write(Version next, boolean wait) {
            if (wait) {
                versions.clear();
            } else if (versions.size() > MOST_LOST) {
                versions.removeFirst();
            }
            versions.add(next);
        }

        private final class Store implements ReplicatedStore {
            @Override
            public Optional<ByteString> position() {
                return now().position();
            }

            @Override
            public void keepPosition(ByteString position) {
                write(new Version(now().rows(), Optional.of(position), now().note()), false);
            }

            @Override
            public boolean isForeign() {
                return now().position().isEmpty() && !now().rows().isEmpty();
            }

            @Override
            public Optional<ByteString> note() {
                return now().note();
            }

            @Override
            public void keepNote(ByteString note) {
                write(new Version(now().rows(), now().position(), Optional.of(note)), true);
            }

            @Override
            public FrozenRows freeze() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Optional<RowSet> tryBegin(ChangeSource source, Duration patience) {
                return Optional.of(new Rows());
            }

            @Override
            public RowBatch newBatch() {
                return new Batch();
            }
        }

        private final class Rows implements ReplicatedStore.RowSet {
            private final Map<SerialKey, StatusRecord> changed = new LinkedHashMap<>();

            @Override
            public List<ChangeOutcome> applyAll(List<StatusChange> changes) {
                return changes.stream().map(this::judge).toList();
            }

            private ChangeOutcome judge(StatusChange change) {
                Optional<StatusRecord> known = find(change.key());
                ChangeDecision decision = ChangeRules.judge(new Known(known), change);
                decision.record()
                        .filter(record -> !known.equals(Optional.of(record)))
                        .ifPresent(record -> changed.put(change.key(), record));
                return decision.outcome();
            }

            @Override
            public Optional<StatusRecord> find(SerialKey key) {
                return Optional.ofNullable(changed.get(key)).or(() -> InMemory.this.find(key));
            }

            @Override
            public Iterator<StoredRow> prepare() {
                List<StoredRow> rows = new ArrayList<>();
                changed.forEach(
                        (key, record) -> {
                            boolean revoked =
                                    record instanceof StatusRecord.Assigned assigned
                                            && assigned.revocation().isPresent();
                            rows.add(
                                    new StoredRow(
                                            StoredRow.Family.STATUS,
                                            rowKey(key),
                                            Optional.of(revoked ? REVOKED : GOOD)));
                        });
                return rows.iterator();
            }

            @Override
            public <V> Optional<V> get(StateKey<V> key) {
                throw new UnsupportedOperationException();
            }

            @Override
            public <V> void put(StateKey<V> key, V value) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void remove(StateKey<?> key) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void commit() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {}
        }

        private record Known(Optional<StatusRecord> record) implements CurrentState {
            @Override
            public List<ChangeEffect.Carried> carried() {
                return List.of();
            }

            @Override
            public List<ChangeEffect.Disputed> disputed() {
                return List.of();
            }
        }

        private final class Batch implements ReplicatedStore.RowBatch {
            private final Map<ByteString, ByteString> added = new HashMap<>();
            private long size;

            @Override
            public void add(StoredRow row, boolean own) {
                if (row.family() == StoredRow.Family.STATUS) {
                    size++;
                    added.put(row.key(), row.value().orElseThrow());
                }
            }

            @Override
            public long size() {
                return size;
            }

            @Override
            public void write(ByteString position) {
                Map<ByteString, ByteString> all = new HashMap<>(now().rows());
                all.putAll(added);
                InMemory.this.write(new Version(all, Optional.of(position), now().note()), synced);
            }

            @Override
            public void close() {
                added.clear();
            }
        }
    }
}
