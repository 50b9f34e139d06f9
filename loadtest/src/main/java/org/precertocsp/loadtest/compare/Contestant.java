package org.precertocsp.loadtest.compare;

import java.time.Duration;
import org.precertocsp.loadtest.peers.PeerException;

/// One of those compared. For one thread.
public interface Contestant {
    /// Its name in the comparison table.
    String name();

    /// Measures it for that time. Blocks.
    Measurement measure(Duration time) throws PeerException, InterruptedException;
}
