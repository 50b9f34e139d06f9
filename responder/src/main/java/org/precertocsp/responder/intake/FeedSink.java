package org.precertocsp.responder.intake;

import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Where a feed puts what it reads. Counts, reports and moves the progress bar on the way.
public interface FeedSink {
    /// Applies one fact; conflicts and refusals by the rules are reported at `place`.
    void accept(SourceLocation place, StatusChange change);

    /// Applies a revocation by a CA that has several keys or spellings of its name here: under
    /// every key that assigned the serial, of the first group in which any did; if none did, under
    /// the change's own.
    ///
    /// @param namesakes issuers of that name, the closest spelling first
    default void revoke(
            SourceLocation place,
            StatusChange.Revoke change,
            List<List<ConfiguredIssuer>> namesakes) {
        accept(place, change);
    }

    /// Those of the serials that are recorded as good, after all that was put here before. For what
    /// a source says is revoked and is refused all the same.
    default List<SerialKey> recordedGood(List<SerialKey> serials) {
        return List.of();
    }

    /// Reports a record that cannot be used; the others still count.
    void refuse(SourceLocation place, String why);

    /// As [#accept], for what a list says of a serial that it lists as good: that it stays revoked,
    /// where it is, is reported.
    default void acceptGood(SourceLocation place, StatusChange.Assign change) {
        accept(place, change);
    }

    /// As [#refuse], for a record that says, or may say, that its serial is revoked: if the serial
    /// is answered good nevertheless, people are told.
    default void refuseRevocation(SourceLocation place, SerialKey key, String why) {
        refuse(place, "serial " + key.serial() + ": " + why);
    }

    /// Reports something an operator should look at; the record counts all the same.
    void warn(SourceLocation place, String what);

    Optional<LatestCrl> crlHead(CrlScope scope);

    void putCrlHead(CrlScope scope, LatestCrl head);
}
