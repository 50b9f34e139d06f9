package org.precertocsp.loadtest.compare;

import java.time.Duration;
import org.precertocsp.loadtest.peers.PeerFailed;

/// One of those compared. For one thread.
public interface Side {
    /// Its name in the comparison table.
    String name();

    /// Measures it for that time. Blocks.
    Sample measure(Duration time) throws PeerFailed, InterruptedException;
}
