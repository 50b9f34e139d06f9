package org.precertocsp.responder.admin;

import java.util.HashMap;
import java.util.Map;

/// Limits the requests being processed at once, so that no caller blocks others. A caller may take
/// a place while it has fewer than are free. So one caller alone gets half of all places, two that
/// take all they can get have a third each, and there is always one for another caller.
/// Thread-safe.
final class RequestLimiter {
    /// Requests at once, of all callers.
    static final int PLACES = 256;

    private final Map<String, Integer> taken = new HashMap<>();
    private int free = PLACES;

    /// The place of one request; to be closed once.
    @FunctionalInterface
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /// @param caller whose share it is
    /// @throws ApiException of kind BUSY, if the caller has its share already
    synchronized Place take(String caller) throws ApiException {
        int own = taken.getOrDefault(caller, 0);
        if (own >= free) {
            throw ApiException.of(
                    ApiException.Kind.BUSY,
                    "%s has %d requests in work already: try again when some of them have ended"
                            .formatted(caller, own));
        }
        taken.put(caller, own + 1);
        free--;
        return () -> giveBack(caller);
    }

    private synchronized void giveBack(String caller) {
        taken.computeIfPresent(caller, (_, own) -> own == 1 ? null : own - 1);
        free++;
    }
}
