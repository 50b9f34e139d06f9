package org.precertocsp.responder.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;

/// A status store that forgets at exit: for tests of everything above the store. It obeys the same
/// contract suite as the real one.
public final class InMemoryStatusStore implements StatusStore, Announcements, IdempotencyRecords {
    /// What is kept of one serial.
    private record Entry(
            Optional<StatusRecord> record,
            List<StatusDetails.Evidence> evidence,
            List<StatusDetails.Event> history,
            List<StatusDetails.Conflict> conflicts) {
        static final Entry NOTHING = new Entry(Optional.empty(), List.of(), List.of(), List.of());

        Entry with(ChangeDecision judgement, ChangeSource source) {
            List<StatusDetails.Evidence> evidenceNow = new ArrayList<>(evidence);
            List<StatusDetails.Event> historyNow = new ArrayList<>(history);
            List<StatusDetails.Conflict> conflictsNow = new ArrayList<>(conflicts);
            for (ChangeEffect finding : judgement.findings()) {
                switch (finding) {
                    case ChangeEffect.Carried(
                                    AssignedBy by,
                                    Optional<CertificateFingerprint> commitment) ->
                            evidenceNow.add(new StatusDetails.Evidence(by, commitment, source));
                    case ChangeEffect.Happened(String what) ->
                            historyNow.add(new StatusDetails.Event(source.takenIn(), what, source));
                    case ChangeEffect.Disputed(String why, CertificateFingerprint commitment) ->
                            conflictsNow.add(
                                    new StatusDetails.Conflict(
                                            why, Optional.of(commitment), source));
                }
            }
            return new Entry(judgement.record(), evidenceNow, historyNow, conflictsNow);
        }
    }

    private record EntryKnown(Entry entry) implements CurrentState {
        @Override
        public Optional<StatusRecord> record() {
            return entry.record();
        }

        @Override
        public List<ChangeEffect.Carried> carried() {
            return entry.evidence().stream()
                    .map(e -> new ChangeEffect.Carried(e.by(), e.commitment()))
                    .toList();
        }

        @Override
        public List<ChangeEffect.Disputed> disputed() {
            return entry.conflicts().stream()
                    .map(c -> new ChangeEffect.Disputed(c.why(), c.commitment().orElseThrow()))
                    .toList();
        }
    }

    private final Semaphore writer = new Semaphore(1);
    private volatile Map<SerialKey, Entry> entries = Map.of();
    private volatile Map<StateKey<?>, Object> state = Map.of();
    private final ChangeEpochs epochs = new ChangeEpochs();
    private volatile boolean closed;

    @Override
    public Optional<StatusRecord> find(SerialKey key) {
        refuseIfClosed();
        return entries.getOrDefault(key, Entry.NOTHING).record();
    }

    @Override
    public ChangeEpochs epochs() {
        return epochs;
    }

    @Override
    public StatusDetails dossier(SerialKey key) {
        refuseIfClosed();
        Entry entry = entries.getOrDefault(key, Entry.NOTHING);
        return new StatusDetails(
                key, entry.record(), entry.evidence(), entry.history(), entry.conflicts());
    }

    @Override
    public List<Serial> serials(IssuerKey issuer, Optional<Serial> after, int limit) {
        refuseIfClosed();
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().record().isPresent())
                .map(Map.Entry::getKey)
                .filter(key -> key.issuer().equals(issuer))
                .map(SerialKey::serial)
                .filter(serial -> after.filter(it -> it.compareTo(serial) >= 0).isEmpty())
                .sorted()
                .limit(limit)
                .toList();
    }

    @Override
    public void sightings(IssuerKey issuer, Consumer<CtObservation> each) {
        refuseIfClosed();
        state.values().stream()
                .filter(CtObservation.class::isInstance)
                .map(CtObservation.class::cast)
                .filter(sighting -> sighting.key().issuer().equals(issuer))
                .sorted(Comparator.comparing(sighting -> sighting.key().serial()))
                .forEach(each);
    }

    @Override
    public List<Open> open(IssuerKey issuer, Instant until, int limit) {
        refuseIfClosed();
        return entries.entrySet().stream()
                .filter(entry -> entry.getKey().issuer().equals(issuer))
                .flatMap(
                        entry ->
                                entry.getValue().record().stream()
                                        .filter(StatusRecord.Announced.class::isInstance)
                                        .map(StatusRecord.Announced.class::cast)
                                        .map(record -> new Open(entry.getKey(), record.at())))
                .filter(open -> open.at().isBefore(until))
                .sorted(Comparator.comparing(Open::at))
                .limit(limit)
                .toList();
    }

    @Override
    public void forget(Instant now) {
        Map<StateKey<?>, Object> kept = new HashMap<>(state);
        kept.values()
                .removeIf(
                        it -> it instanceof IdempotencyRecord reply && reply.until().isBefore(now));
        state = kept;
    }

    @Override
    public ChangeSet begin(ChangeSource source) {
        refuseIfClosed();
        writer.acquireUninterruptibly();
        return new Changes(source);
    }

    @Override
    public Optional<ChangeSet> tryBegin(ChangeSource source, Duration patience) {
        refuseIfClosed();
        try {
            return writer.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)
                    ? Optional.of(new Changes(source))
                    : Optional.empty();
        } catch (InterruptedException e) {
            throw new StoreException("interrupted", e);
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new StoreException("the store is closed", null);
        }
    }

    private final class Changes implements ChangeSet {
        private final ChangeSource source;
        private final Map<SerialKey, Entry> changed = new LinkedHashMap<>();
        private final List<SerialKey> moved = new ArrayList<>();
        private final Map<StateKey<?>, Object> stateAfter = new HashMap<>(state);
        private boolean open = true;
        private boolean committed;

        Changes(ChangeSource source) {
            this.source = source;
        }

        @Override
        public List<ChangeOutcome> applyAll(List<StatusChange> changes) {
            refuseIfDone();
            return changes.stream().map(this::applyOne).toList();
        }

        private ChangeOutcome applyOne(StatusChange change) {
            Entry known = changed.get(change.key());
            if (known == null) {
                known = entries.getOrDefault(change.key(), Entry.NOTHING);
            }
            ChangeDecision judgement = ChangeRules.judge(new EntryKnown(known), change);
            if (!judgement.record().equals(known.record())) {
                moved.add(change.key());
            }
            changed.put(change.key(), known.with(judgement, source));
            settle(change, judgement.outcome());
            return judgement.outcome();
        }

        private void settle(StatusChange change, ChangeOutcome outcome) {
            if (!source.isLog()
                    && change instanceof StatusChange.Assign
                    && !(outcome instanceof ChangeOutcome.Conflict)
                    && !(outcome instanceof ChangeOutcome.Refused)) {
                stateAfter.computeIfPresent(
                        new StateKey.LogObservation(change.key()),
                        (_, seen) -> ((CtObservation) seen).fed(source.takenIn()).orElse(null));
            }
        }

        @Override
        public Optional<StatusRecord> find(SerialKey key) {
            refuseIfDone();
            Entry now = changed.get(key);
            return now == null ? InMemoryStatusStore.this.find(key) : now.record();
        }

        @Override
        public <V> Optional<V> get(StateKey<V> key) {
            refuseIfDone();
            return Optional.ofNullable(stateAfter.get(key)).map(key.type()::cast);
        }

        @Override
        public <V> void put(StateKey<V> key, V value) {
            refuseIfDone();
            stateAfter.put(key, value);
        }

        @Override
        public void remove(StateKey<?> key) {
            refuseIfDone();
            stateAfter.remove(key);
        }

        @Override
        public void commit() {
            refuseIfDone();
            Map<SerialKey, Entry> merged = new HashMap<>(entries);
            merged.putAll(changed);
            entries = merged;
            state = stateAfter;
            moved.forEach(epochs::advance);
            committed = true;
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                writer.release();
            }
        }

        private void refuseIfDone() {
            refuseIfClosed();
            if (committed || !open) {
                throw new IllegalStateException("the set is committed or closed");
            }
        }
    }
}
