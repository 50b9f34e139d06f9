package org.precertocsp.responder.intake;

import java.util.Optional;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.StatusChange;

/// Holds nothing, for files too long to record; refusals fail the test.
public final class CountingSink implements FeedSink {
    private final Runnable onAccept;
    private long count;

    public CountingSink() {
        this(() -> {});
    }

    /// @param onAccept run before each change is counted
    public CountingSink(Runnable onAccept) {
        this.onAccept = onAccept;
    }

    @Override
    public void accept(SourceLocation place, StatusChange change) {
        onAccept.run();
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
