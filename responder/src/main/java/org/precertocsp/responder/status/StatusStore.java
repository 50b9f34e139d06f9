package org.precertocsp.responder.status;

/// All sides of one store.
public interface StatusStore
        extends StatusReader, SerialList, CtObservationReader, StatusWriter, AutoCloseable {
    /// Advanced by every set that changes a status, after it is durable and before its commit
    /// returns; also by one whose commit failed, for it may be found whole later.
    ChangeEpochs epochs();

    @Override
    void close();
}
