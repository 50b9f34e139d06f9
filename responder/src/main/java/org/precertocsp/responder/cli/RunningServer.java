package org.precertocsp.responder.cli;

import java.net.InetSocketAddress;
import java.util.List;

/// A responder that answers until it is closed.
public interface RunningServer extends AutoCloseable {
    /// Where it listens, ports as bound.
    List<InetSocketAddress> addresses();

    /// Takes up changed keys and certificates; the old ones stay where the new ones are refused.
    void reload();

    /// Stops taking requests, finishes those in flight, closes the store. Blocks meanwhile.
    @Override
    void close();
}
