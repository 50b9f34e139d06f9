package org.precertocsp.responder.status;

/// The fake keeps the contract of the real store, so that tests above it can trust it.
final class InMemoryStatusStoreTest extends StatusStoreContract {
    @Override
    protected StatusStore open() {
        return new InMemoryStatusStore();
    }
}
