package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.alert.Incident.Kind;

/// Alerts about an edge or authority that is about to stop answering `good`, that reads no further,
/// or that read what no node signed. [#look] is called by one thread.
public final class NodeMonitor {
    /// How often to call [#look].
    public static final Duration EVERY = Duration.ofSeconds(5);

    /// Of the time that a lease lasts, the part after which its node is late.
    private static final int PART = 3;

    private final ClusterConfig config;
    private final Supplier<FollowerState> state;
    private final Supplier<Optional<Duration>> leaseAge;
    private final LongSupplier forgedResponses;
    private final Alarm alarm;
    private final LongSupplier nanos;
    private final long begun;
    private long forged;

    /// @param forgedResponses records among the responses that no authority signed, since start
    public NodeMonitor(
            ClusterConfig config, ClusterEdge edge, LongSupplier forgedResponses, Alarm alarm) {
        this(config, edge::state, edge::leaseAge, forgedResponses, alarm, System::nanoTime);
    }

    public NodeMonitor(ClusterConfig config, ClusterAuthority authority, Alarm alarm) {
        this(
                config,
                authority::state,
                () -> authority.currentLease().age(),
                () -> 0,
                alarm,
                System::nanoTime);
    }

    /// @param nanos a clock that runs evenly
    NodeMonitor(
            ClusterConfig config,
            Supplier<FollowerState> state,
            Supplier<Optional<Duration>> leaseAge,
            LongSupplier forgedResponses,
            Alarm alarm,
            LongSupplier nanos) {
        this.config = config;
        this.state = state;
        this.leaseAge = leaseAge;
        this.forgedResponses = forgedResponses;
        this.alarm = alarm;
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
    }

    /// Raises and ends alerts.
    public void look() {
        FollowerState now = state.get();
        String node = config.name();
        now.stopped()
                .ifPresentOrElse(
                        why ->
                                alarm.raise(
                                        new Incident(
                                                Kind.CLUSTER_STOPPED,
                                                node,
                                                "the log of the cluster is read no further than"
                                                        + " change %d: %s"
                                                                .formatted(now.sequence(), why))),
                        () -> alarm.end(Kind.CLUSTER_STOPPED, node));
        long all = now.forged() + forgedResponses.getAsLong();
        if (all > forged) {
            alarm.raise(
                    new Incident(
                            Kind.CLUSTER_FORGED,
                            node,
                            "the logs of the cluster have %d records that no node signed, since this"
                                            .formatted(all)
                                    + " node started; they do not count"));
        }
        forged = all;
        // A node that has just started catches up first.
        Duration age = leaseAge.get().orElseGet(() -> Duration.ofNanos(nanos.getAsLong() - begun));
        if (age.compareTo(config.maxStaleness().dividedBy(PART)) < 0) {
            alarm.end(Kind.CLUSTER_STALE, node);
        } else {
            alarm.raise(
                    new Incident(
                            Kind.CLUSTER_STALE,
                            node,
                            ("no proof for %d s that this node is current; without one for %d s it"
                                            + " answers good no more")
                                    .formatted(
                                            age.toSeconds(), config.maxStaleness().toSeconds())));
        }
    }
}
