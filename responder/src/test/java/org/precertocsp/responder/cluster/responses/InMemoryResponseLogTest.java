package org.precertocsp.responder.cluster.responses;

/// The log of the other tests keeps the contract.
final class InMemoryResponseLogTest extends ResponseLogContract {
    private InMemoryResponseLog log = new InMemoryResponseLog();

    @Override
    protected ResponseLog open() {
        log = new InMemoryResponseLog();
        return log;
    }

    @Override
    protected ResponseLog openAgain() {
        return log.handle();
    }

    @Override
    protected void deleteAll() {
        log.deleteAll();
    }
}
