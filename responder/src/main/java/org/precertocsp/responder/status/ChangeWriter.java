package org.precertocsp.responder.status;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The only path by which changes of status reach a store, for every feed and the API:
///
/// 1. a feed or a request begins a set ([#begin]);
/// 2. it applies changes, which [ChangeRules] decide one by one, and the listeners are notified;
/// 3. it commits: each listener prepares (the audit log makes its records durable), the store
///    commits, each listener is notified.
///
/// Listeners are called in the order given, so the audit log comes first: a change that it has not
/// recorded must neither take effect nor be reported. If a listener cannot prepare, or the store
/// cannot commit, the listeners that had prepared are notified, and nothing was acknowledged.
/// Listeners receive no dry runs. Thread-safe if the store is.
public final class ChangeWriter implements StatusWriter {
    private final StatusWriter store;
    private final List<ChangeListener> listeners;

    public ChangeWriter(StatusWriter store, List<ChangeListener> listeners) {
        this.store = store;
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public ChangeSet begin(ChangeSource source) {
        return listened(store.begin(source), source);
    }

    @Override
    public ChangeSet beginDryRun(ChangeSource source) {
        return store.beginDryRun(source);
    }

    @Override
    public Optional<ChangeSet> tryBegin(ChangeSource source, Duration patience) {
        return store.tryBegin(source, patience).map(set -> listened(set, source));
    }

    private ChangeSet listened(ChangeSet set, ChangeSource source) {
        try {
            List<ChangeListener.SetListener> ofSet = new ArrayList<>();
            for (ChangeListener listener : listeners) {
                ofSet.add(listener.begin(set, source));
            }
            return new ListenedSet(set, ofSet);
        } catch (RuntimeException e) {
            set.close();
            throw e;
        }
    }

    private static final class ListenedSet implements ForwardingChangeSet {
        private final ChangeSet set;
        private final List<ChangeListener.SetListener> listeners;
        // The number of listeners, from the first, that have prepared the commit.
        private int prepared;
        private boolean committing;
        private boolean closed;

        ListenedSet(ChangeSet set, List<ChangeListener.SetListener> listeners) {
            this.set = set;
            this.listeners = listeners;
        }

        @Override
        public ChangeSet set() {
            return set;
        }

        @Override
        public List<ChangeOutcome> applyAll(List<StatusChange> changes) {
            List<ChangeOutcome> outcomes = set.applyAll(changes);
            listeners.forEach(listener -> listener.applied(changes, outcomes));
            return outcomes;
        }

        @Override
        public void commit() {
            if (committing) {
                throw new IllegalStateException("the set is committed already");
            }
            committing = true;
            try {
                for (ChangeListener.SetListener listener : listeners) {
                    listener.beforeCommit();
                    prepared++;
                }
                set.commit();
            } catch (RuntimeException e) {
                listeners.subList(0, prepared).forEach(listener -> listener.commitFailed(e));
                throw e;
            }
            listeners.forEach(ChangeListener.SetListener::committed);
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            try {
                listeners
                        .subList(prepared, listeners.size())
                        .forEach(ChangeListener.SetListener::abandoned);
            } finally {
                set.close();
            }
        }
    }
}
