package org.precertocsp.loadtest.compare;

import java.time.Duration;
import org.precertocsp.loadtest.peers.PeerFailed;

/// One of those compared. For one thread.
public interface Side {
    /// How it is called in the comparison's table.
    String name();

    /// Works for so long and tells what came of it. Blocks.
    Sample measure(Duration time) throws PeerFailed, InterruptedException;
}
