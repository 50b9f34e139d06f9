package org.precertocsp.loadtest.compare;

import java.time.Duration;
import org.precertocsp.loadtest.peers.PeerException;

/// One of the servers or programs that are compared. For one thread.
public interface Contestant {
    /// Its name in the comparison table.
    String name();

    /// Measures it for that time. Blocks.
    Measurement measure(Duration time) throws PeerException, InterruptedException;
}
