package org.precertocsp.responder.intake;

import java.util.Optional;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.StatusChange;

/// Applies what a feed reads and counts what becomes of it.
record TallyingSink(ChangeSet changes, Tally tally) implements FeedSink {
    @Override
    public void accept(Place place, StatusChange change) {
        tally.count(place, change.key(), changes.apply(change));
    }

    @Override
    public void refuse(Place place, String why) {
        tally.refuse(place, why);
    }

    @Override
    public void warn(Place place, String what) {
        tally.warn(place, what);
    }

    @Override
    public Optional<CrlHead> crlHead(CrlScope scope) {
        return changes.crlHead(scope);
    }

    @Override
    public void putCrlHead(CrlScope scope, CrlHead head) {
        changes.putCrlHead(scope, head);
    }
}
