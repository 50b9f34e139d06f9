package org.precertocsp.responder.status;

/// Both sides of one store.
public interface StatusStore extends StatusReader, StatusWriter, AutoCloseable {
    @Override
    void close();
}
