package org.precertocsp.responder.intake;

import java.util.Optional;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.StatusChange;

/// Where a feed puts what it reads. Counts, reports and moves the progress bar on the way.
public interface FeedSink {
    /// Applies one fact; conflicts and refusals by the rules are reported at `place`.
    void accept(Place place, StatusChange change);

    /// Reports a record that cannot be used; the others still count.
    void refuse(Place place, String why);

    /// Reports something an operator should look at; the record counts all the same.
    void warn(Place place, String what);

    Optional<CrlHead> crlHead(CrlScope scope);

    void putCrlHead(CrlScope scope, CrlHead head);
}
