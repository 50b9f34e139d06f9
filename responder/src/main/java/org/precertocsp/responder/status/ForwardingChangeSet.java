package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;

/// A change set around another, for those that look at what passes through.
public interface ForwardingChangeSet extends ChangeSet {
    /// The one inside.
    ChangeSet set();

    @Override
    default ChangeOutcome apply(StatusChange change) {
        return applyAll(List.of(change)).getFirst();
    }

    @Override
    default int lookahead() {
        return set().lookahead();
    }

    @Override
    default List<ChangeOutcome> applyAll(List<StatusChange> changes) {
        return set().applyAll(changes);
    }

    @Override
    default Optional<CrlHead> crlHead(CrlScope scope) {
        return set().crlHead(scope);
    }

    @Override
    default void putCrlHead(CrlScope scope, CrlHead head) {
        set().putCrlHead(scope, head);
    }

    @Override
    default Optional<LogHead> logHead(Octets logId) {
        return set().logHead(logId);
    }

    @Override
    default void putLogHead(Octets logId, LogHead head) {
        set().putLogHead(logId, head);
    }

    @Override
    default Optional<StatusRecord> record(SerialKey key) {
        return set().record(key);
    }

    @Override
    default Optional<Sighting> sighting(SerialKey key) {
        return set().sighting(key);
    }

    @Override
    default void putSighting(Sighting sighting) {
        set().putSighting(sighting);
    }

    @Override
    default void removeSighting(SerialKey key) {
        set().removeSighting(key);
    }

    @Override
    default Optional<KeptReply> reply(Octets request) {
        return set().reply(request);
    }

    @Override
    default void putReply(Octets request, KeptReply reply) {
        set().putReply(request, reply);
    }

    @Override
    default void commit() {
        set().commit();
    }

    @Override
    default void close() {
        set().close();
    }
}
