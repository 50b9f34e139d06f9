package org.precertocsp.responder.duty;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.LogHead;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.Sighting;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

/// A change set that notes which serials become assigned by it.
///
/// @param duty counts once the set is committed
record MeasuredChanges(ChangeSet set, FeedSource source, SetDuty duty, InstantSource clock)
        implements ChangeSet {
    @Override
    public ChangeOutcome apply(StatusChange change) {
        ChangeOutcome outcome = set.apply(change);
        duty.judged(change, outcome, source);
        return outcome;
    }

    @Override
    public int lookahead() {
        return set.lookahead();
    }

    @Override
    public List<ChangeOutcome> applyAll(List<StatusChange> changes) {
        List<ChangeOutcome> outcomes = set.applyAll(changes);
        for (int i = 0; i < changes.size(); i++) {
            duty.judged(changes.get(i), outcomes.get(i), source);
        }
        return outcomes;
    }

    @Override
    public Optional<CrlHead> crlHead(CrlScope scope) {
        return set.crlHead(scope);
    }

    @Override
    public void putCrlHead(CrlScope scope, CrlHead head) {
        set.putCrlHead(scope, head);
    }

    @Override
    public Optional<LogHead> logHead(Octets logId) {
        return set.logHead(logId);
    }

    @Override
    public void putLogHead(Octets logId, LogHead head) {
        set.putLogHead(logId, head);
    }

    @Override
    public Optional<StatusRecord> record(SerialKey key) {
        return set.record(key);
    }

    @Override
    public Optional<Sighting> sighting(SerialKey key) {
        return set.sighting(key);
    }

    @Override
    public void putSighting(Sighting sighting) {
        set.putSighting(sighting);
    }

    @Override
    public void commit() {
        set.commit();
        duty.committed(clock.instant());
    }

    @Override
    public void close() {
        set.close();
    }
}
