package org.precertocsp.responder.duty;

import java.time.InstantSource;
import java.util.List;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.ForwardingChangeSet;
import org.precertocsp.responder.status.StatusChange;

/// A change set that notes which serials become assigned by it.
///
/// @param duty counts once the set is committed
record MeasuredChanges(ChangeSet set, FeedSource source, SetDuty duty, InstantSource clock)
        implements ForwardingChangeSet {
    @Override
    public List<ChangeOutcome> applyAll(List<StatusChange> changes) {
        List<ChangeOutcome> outcomes = set.applyAll(changes);
        for (int i = 0; i < changes.size(); i++) {
            duty.judged(changes.get(i), outcomes.get(i), source);
        }
        return outcomes;
    }

    @Override
    public void commit() {
        set.commit();
        duty.committed(clock.instant());
    }
}
