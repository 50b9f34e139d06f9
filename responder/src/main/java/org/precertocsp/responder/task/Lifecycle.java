package org.precertocsp.responder.task;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The parts of a process that were started, closed in the opposite order. Used by one thread.
public final class Lifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    /// Closes `part` before everything added earlier.
    public <T extends AutoCloseable> T closeLater(T part) {
        parts.push(part);
        return part;
    }

    /// Closes all parts; a part that fails is logged and does not keep the others open.
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("closing {} failed", part.getClass().getSimpleName(), e);
            }
        }
    }
}
