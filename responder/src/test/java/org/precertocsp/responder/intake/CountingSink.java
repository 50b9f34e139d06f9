package org.precertocsp.responder.intake;

import java.util.Optional;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.CrlScope;
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
    public void accept(Place place, StatusChange change) {
        onAccept.run();
        count++;
    }

    @Override
    public void refuse(Place place, String why) {
        throw new AssertionError(place + ": " + why);
    }

    @Override
    public void warn(Place place, String what) {}

    @Override
    public Optional<CrlHead> crlHead(CrlScope scope) {
        return Optional.empty();
    }

    @Override
    public void putCrlHead(CrlScope scope, CrlHead head) {}

    public long count() {
        return count;
    }
}
