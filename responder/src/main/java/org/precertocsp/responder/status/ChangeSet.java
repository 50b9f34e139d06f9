package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;

/// Changes of one feed, invisible until committed. Not thread-safe; used by the thread that began
/// it.
public interface ChangeSet extends AutoCloseable {
    /// Judges one change by [ChangeRules] against the store and the changes before it in this set.
    ///
    /// @throws StoreFailure the store could not be read
    /// @throws TooManyChanges the set is full; it can only be closed
    ChangeOutcome apply(StatusChange change);

    /// How many changes [#applyAll] likes to get at once.
    default int lookahead() {
        return 1;
    }

    /// As [#apply] for each in turn; a store may read what it needs for all of them together.
    ///
    /// @return one outcome for each change
    default List<ChangeOutcome> applyAll(List<StatusChange> changes) {
        return changes.stream().map(this::apply).toList();
    }

    /// The newest CRL of the scope, this set's included.
    Optional<CrlHead> crlHead(CrlScope scope);

    void putCrlHead(CrlScope scope, CrlHead head);

    /// How far the log has been taken in, this set's doing included.
    ///
    /// @param logId SHA-256 of the log's key (RFC 6962 §3.2)
    Optional<LogHead> logHead(Octets logId);

    /// Takes effect together with the entries it covers, which this set holds.
    void putLogHead(Octets logId, LogHead head);

    /// What is recorded of a serial, this set's changes included; empty means unassigned.
    ///
    /// @throws StoreFailure as [StatusReader#find]
    Optional<StatusRecord> record(SerialKey key);

    /// What is known of a serial as first brought by a log, this set's doing included. A set of any
    /// other feed that assigns the serial, or finds it assigned, settles it by [Sighting#fed].
    Optional<Sighting> sighting(SerialKey key);

    /// Takes effect together with the entries that brought it.
    void putSighting(Sighting sighting);

    /// Forgets that a log was first to bring it; its status stays.
    void removeSighting(SerialKey key);

    /// What was told to the request of that name, this set's doing included.
    ///
    /// @param request SHA-256 of who asked and how they call it
    Optional<KeptReply> reply(Octets request);

    /// Takes effect together with the changes it tells of, which this set holds.
    void putReply(Octets request, KeptReply reply);

    /// Makes all changes visible and durable: returns after the write-ahead log is on disk.
    ///
    /// @throws StoreFailure nothing took effect, or the set is found whole when the store next
    ///   opens
    void commit();

    /// Forgets everything unless committed.
    @Override
    void close();
}
