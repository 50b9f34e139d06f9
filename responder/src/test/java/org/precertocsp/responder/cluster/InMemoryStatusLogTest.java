package org.precertocsp.responder.cluster;

/// The fake keeps the contract of a real log, so that tests above it can trust it.
final class InMemoryStatusLogTest extends StatusLogContract {
    private InMemoryStatusLog log = new InMemoryStatusLog();

    @Override
    protected StatusLog open() {
        log = new InMemoryStatusLog();
        return log;
    }

    @Override
    protected StatusLog openAgain() {
        return log.handle();
    }

    @Override
    protected void replace() {
        log.lose();
    }

    @Override
    protected void deleteBefore(long offset) {
        log.deleteBefore(offset);
    }
}
