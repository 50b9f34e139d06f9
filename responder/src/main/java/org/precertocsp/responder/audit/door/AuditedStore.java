package org.precertocsp.responder.audit.door;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.Dossier;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.Sighting;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreFailure;

/// The write door: every change of status is in the audit log, on disk, before it takes effect
/// (invariant 6). Thread-safe as the store behind it.
///
/// The store writes a mark together with each set. Where a set failed, or a crash came between
/// record and effect, the mark tells whether it took effect all the same; if not, it is recorded as
/// void before anything else changes.
public final class AuditedStore implements StatusStore {
    private final StatusStore store;
    private final EventLog events;

    public AuditedStore(StatusStore store, EventLog events) {
        this.store = store;
        this.events = events;
    }

    @Override
    public ChangeSet begin(FeedSource source) {
        return audited(store.begin(source), source);
    }

    /// A set that is only judged leaves no trace.
    @Override
    public ChangeSet beginDryRun(FeedSource source) {
        return store.beginDryRun(source);
    }

    @Override
    public Optional<ChangeSet> tryBegin(FeedSource source, Duration patience) {
        return store.tryBegin(source, patience).map(set -> audited(set, source));
    }

    private ChangeSet audited(ChangeSet set, FeedSource source) {
        try {
            settle(set);
            return new AuditedSet(set, source, events);
        } catch (AuditFailure e) {
            set.close();
            throw new StoreFailure(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            set.close();
            throw e;
        }
    }

    /// Finds out what became of the set before this one. Sets of earlier processes were settled
    /// when store and log were opened ([StoreRecovery]).
    private void settle(ChangeSet set) {
        Optional<CommitMark> last = events.lastCommitted();
        if (last.isEmpty()
                || value(set.get(new StateKey.NewestCommit())).equals(value(last))) {
            return;
        }
        if (!events.isLastFailed()) {
            throw new StoreFailure(
                    "the store does not have the newest set of changes, which was acknowledged"
                            + " (record"
                            + " %d of the audit log). Stop the server and run: precert-ocsp audit"
                                    .formatted(last.get().set())
                            + " replay",
                    null);
        }
        events.voided(last.get().set(), "the store did not take it");
    }

    private static Optional<Octets> value(Optional<CommitMark> mark) {
        return mark.map(CommitMark::value);
    }

    @Override
    public ChangeEpochs epochs() {
        return store.epochs();
    }

    @Override
    public Optional<StatusRecord> find(SerialKey key) {
        return store.find(key);
    }

    @Override
    public Dossier dossier(SerialKey key) {
        return store.dossier(key);
    }

    @Override
    public boolean isSurelyUnassigned(IssuerKey issuer, byte[] source, int offset, int length) {
        return store.isSurelyUnassigned(issuer, source, offset, length);
    }

    @Override
    public void sightings(IssuerKey issuer, Consumer<Sighting> each) {
        store.sightings(issuer, each);
    }

    /// Closes log and store.
    @Override
    public void close() {
        try {
            events.close();
        } finally {
            store.close();
        }
    }
}
