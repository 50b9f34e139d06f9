package org.precertocsp.loadtest.compare;

import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.RequestDescription;
import org.precertocsp.loadtest.requests.RequestEncoder;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.TargetUrl;

/// Requests every serial once, over all runs of all contestants that share a counter: each run
/// continues where the last one ended. For one run at a time.
public final class UniqueSerialStream implements RequestStream {
    /// Counts the requested serials. One run at a time counts.
    public static final class Counter {
        private final long available;
        private volatile long next;

        /// @param available number of serials; afterwards they are repeated
        public Counter(long available) {
            this.available = available;
        }

        /// True once a serial may have been requested twice.
        public boolean isExhausted() {
            return next > available;
        }

        public long asked() {
            return next;
        }
    }

    private final RequestStream stream;
    private final Counter counter;
    private volatile long first;

    /// @param stream requests its serials in turn
    public UniqueSerialStream(RequestStream stream, Counter counter) {
        this.stream = stream;
        this.counter = counter;
    }

    @Override
    public RequestEncoder encoder(TargetUrl target, boolean keepAlive) {
        RequestEncoder encoder = stream.encoder(target, keepAlive);
        long shift = counter.next;
        first = shift;
        return (long index, EncodedRequest into) -> {
            encoder.encode(shift + index, into);
            counter.next = Math.max(counter.next, shift + index + 1);
        };
    }

    @Override
    public RequestDescription question(long index) {
        return stream.question(first + index);
    }
}
