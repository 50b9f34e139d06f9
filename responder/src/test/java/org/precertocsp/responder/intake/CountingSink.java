package org.precertocsp.responder.intake;

import java.util.Optional;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.StatusChange;

/// Holds nothing, for files too long to record; refusals fail the test.
public final class CountingSink implements FeedSink {
    private long count;

    @Override
    public void accept(SourceLocation place, StatusChange change) {
        count++;
    }

    @Override
    public void refuse(SourceLocation place, String why) {
        throw new AssertionError(place + ": " + why);
    }

    @Override
    public void warn(SourceLocation place, String what) {}

    @Override
    public Optional<LatestCrl> crlHead(CrlScope scope) {
        return Optional.empty();
    }

    @Override
    public void putCrlHead(CrlScope scope, LatestCrl head) {}

    public long count() {
        return count;
    }
}
