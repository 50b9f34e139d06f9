package org.precertocsp.responder.intake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Keeps what a feed brought, for tests to look at.
public final class RecordingSink implements FeedSink {
    /// A refusal or a warning.
    public record Report(SourceLocation place, String text) {}

    private final List<StatusChange> changes = new ArrayList<>();
    private final List<Report> refusals = new ArrayList<>();
    private final List<SerialKey> refusedRevocations = new ArrayList<>();
    private final List<Report> warnings = new ArrayList<>();
    private final Map<CrlScope, LatestCrl> heads = new HashMap<>();

    @Override
    public void accept(SourceLocation place, StatusChange change) {
        changes.add(change);
    }

    @Override
    public void refuse(SourceLocation place, String why) {
        refusals.add(new Report(place, why));
    }

    @Override
    public void refuseRevocation(SourceLocation place, SerialKey key, String why) {
        refusedRevocations.add(key);
        FeedSink.super.refuseRevocation(place, key, why);
    }

    @Override
    public void warn(SourceLocation place, String what) {
        warnings.add(new Report(place, what));
    }

    @Override
    public Optional<LatestCrl> crlHead(CrlScope scope) {
        return Optional.ofNullable(heads.get(scope));
    }

    @Override
    public void putCrlHead(CrlScope scope, LatestCrl head) {
        heads.put(scope, head);
    }

    public List<StatusChange> changes() {
        return List.copyOf(changes);
    }

    /// Of records that are refused although they may say revoked.
    public List<SerialKey> refusedRevocations() {
        return List.copyOf(refusedRevocations);
    }

    public List<Report> refusals() {
        return List.copyOf(refusals);
    }

    public List<Report> warnings() {
        return List.copyOf(warnings);
    }
}
