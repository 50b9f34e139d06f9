package org.precertocsp.responder;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has been started, to be closed in the opposite order.
final class Started {
    private static final Logger LOG = LoggerFactory.getLogger(Started.class);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    <T extends AutoCloseable> T closeLater(T part) {
        parts.push(part);
        return part;
    }

    void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                // The others must be closed all the same.
                LOG.error("closing {} failed", part.getClass().getSimpleName(), e);
            }
        }
    }
}
