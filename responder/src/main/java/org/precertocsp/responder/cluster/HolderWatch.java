package org.precertocsp.responder.cluster;

import java.time.Duration;

/// Whether a standby should claim because the holder of the epoch is silent. A value.
///
/// A node that is cut off or behind hears nothing either, so silence alone proves nothing. It must
/// have read a beat of its own that it sent long after it last heard the holder: then the log was
/// working, this node has read that far, and the holder has written nothing. A wrong guess costs a
/// change of the holder and breaks no promise, see [ClusterRules#takesOver].
///
/// @param heardNanos when this node last read a record of the holder, on its monotonic clock
/// @param currentNanos when it sent the newest of its own beats that it has read back
record HolderWatch(long heardNanos, long currentNanos) {
    /// A node that starts, or sees another one take over, waits the full time.
    static HolderWatch from(long now) {
        return new HolderWatch(now, now);
    }

    HolderWatch readHolder(long now) {
        return new HolderWatch(now, currentNanos);
    }

    /// @param sent when this node began to append that beat
    HolderWatch readOwnBeat(long sent) {
        return new HolderWatch(heardNanos, sent);
    }

    /// True if this node has read a beat of its own that it sent within that time: so it is not
    /// behind.
    boolean isCurrent(long now, Duration within) {
        return now - currentNanos < within.toNanos();
    }

    boolean isSilent(Duration patience) {
        return currentNanos - heardNanos >= patience.toNanos();
    }
}
