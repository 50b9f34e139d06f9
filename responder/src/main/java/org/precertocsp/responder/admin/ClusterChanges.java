package org.precertocsp.responder.admin;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Changes at an authority of a cluster, which other nodes answer with, too. Thread-safe.
public interface ClusterChanges {
    /// Whether this authority takes changes.
    boolean isActive();

    /// The authority that takes changes, if it is another one.
    Optional<URI> elsewhere();

    /// The number of the newest change that is durable; a change that was just committed has this
    /// number or a smaller one.
    long newest();

    /// Completed once that change, and so each before it, is effective: no node answers any more as
    /// if it had not been made.
    CompletableFuture<Long> effective(long change);

    /// How long a caller waits for that.
    Duration effectiveWait();
}
