package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;

/// A change set around another: what it does not override goes to that one.
public interface ForwardingChangeSet extends ChangeSet {
    /// The one inside.
    ChangeSet set();

    @Override
    default int lookahead() {
        return set().lookahead();
    }

    @Override
    default List<ChangeOutcome> applyAll(List<StatusChange> changes) {
        return set().applyAll(changes);
    }

    @Override
    default Optional<StatusRecord> find(SerialKey key) {
        return set().find(key);
    }

    @Override
    default <V> Optional<V> get(StateKey<V> key) {
        return set().get(key);
    }

    @Override
    default <V> void put(StateKey<V> key, V value) {
        set().put(key, value);
    }

    @Override
    default void remove(StateKey<?> key) {
        set().remove(key);
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
