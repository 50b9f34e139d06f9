package org.precertocsp.responder.intake;

import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Receives the records that a feed reads, and counts and reports them.
public interface FeedSink {
    /// Applies one change; conflicts and rejections by the rules are reported at `place`.
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

    /// The serials that are recorded as good, after all records put before were applied. For
    /// serials that a source lists as revoked but whose revocation is rejected.
    default List<SerialKey> recordedGood(List<SerialKey> serials) {
        return List.of();
    }

    /// Reports a record that cannot be used; the others still count.
    void refuse(SourceLocation place, String why);

    /// As [#accept], for a serial that a list declares good: if it is revoked, it stays so, and
    /// that is reported.
    default void acceptGood(SourceLocation place, StatusChange.Assign change) {
        accept(place, change);
    }

    /// As [#refuse], for a record that says, or may say, that its serial is revoked: if the serial
    /// is answered good nevertheless, an alert is raised.
    default void refuseRevocation(SourceLocation place, SerialKey key, String why) {
        refuse(place, "serial " + key.serial() + ": " + why);
    }

    /// Reports a problem for the operator; the record counts nevertheless.
    void warn(SourceLocation place, String what);

    Optional<LatestCrl> crlHead(CrlScope scope);

    void putCrlHead(CrlScope scope, LatestCrl head);
}
