package org.precertocsp.responder.status;

/// Reads and writes status in one store.
public interface StatusStore
        extends StatusReader, SerialList, CtObservationReader, StatusWriter, AutoCloseable {
    /// Advanced by every set that changes a status, after it is durable and before its commit
    /// returns; also by one whose commit failed, since the store may contain it later.
    ChangeEpochs epochs();

    @Override
    void close();
}
