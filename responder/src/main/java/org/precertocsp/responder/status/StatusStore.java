package org.precertocsp.responder.status;

/// All sides of one store.
public interface StatusStore extends StatusReader, SightingReader, StatusWriter, AutoCloseable {
    /// Advanced by every set that changes a status, between its being durable and its commit's
    /// return; also by one whose commit failed, for it may be found whole later.
    ChangeEpochs epochs();

    @Override
    void close();
}
