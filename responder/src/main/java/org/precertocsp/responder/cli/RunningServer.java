package org.precertocsp.responder.cli;

import java.net.InetSocketAddress;
import java.util.List;

/// A responder that answers until it is closed.
public interface RunningServer extends AutoCloseable {
    /// The addresses it listens at, with the bound ports.
    List<InetSocketAddress> addresses();

    /// Loads changed keys and certificates; the old ones stay in use if the new ones are rejected.
    void reload();

    /// Accepts no more requests, finishes those in flight, closes the store. Blocks meanwhile.
    @Override
    void close();
}
