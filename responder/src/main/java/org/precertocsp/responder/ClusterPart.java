package org.precertocsp.responder;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.precertocsp.responder.admin.ClusterChanges;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.answer.AnswerLease;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.cli.StartupException;
import org.precertocsp.responder.cli.VersionProvider;
import org.precertocsp.responder.cluster.ClaimRequests;
import org.precertocsp.responder.cluster.ClusterAuthority;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterKeys;
import org.precertocsp.responder.cluster.NodeMonitor;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.answers.AuthorityAnswers;
import org.precertocsp.responder.cluster.kafka.KafkaResponseLog;
import org.precertocsp.responder.cluster.kafka.KafkaStatusLog;
import org.precertocsp.responder.cluster.responses.ResponseLog;
import org.precertocsp.responder.cluster.responses.ResponsePublisher;
import org.precertocsp.responder.cluster.snapshot.SnapshotBootstrap;
import org.precertocsp.responder.cluster.snapshot.SnapshotMonitor;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.metrics.ServerMetrics;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;
import org.precertocsp.responder.task.ReadinessCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server's part in a cluster as an authority, or none: then each method passes on what it is
/// given, and no class of a cluster's log is loaded.
///
/// @param config absent for a single node, as the rest
/// @param publisher of the responses that this authority signs
record ClusterPart(
        Optional<ClusterConfig> config,
        Optional<ClusterAuthority> authority,
        Optional<ResponsePublisher> publisher) {
    static final ClusterPart NONE =
            new ClusterPart(Optional.empty(), Optional.empty(), Optional.empty());

    private static final Logger LOG = LoggerFactory.getLogger(ClusterPart.class);

    /// How long the command `cluster claim` waits.
    private static final Duration CLAIM = Duration.ofSeconds(30);

    /// How long a start waits for the log.
    private static final Duration SETTLE = Duration.ofSeconds(60);

    private static final Duration COMPARE_EVERY = Duration.ofSeconds(5);

    /// Opens the logs of a cluster.
    interface Logs {
        Logs KAFKA =
                new Logs() {
                    @Override
                    public StatusLog status(ClusterConfig config) {
                        return KafkaStatusLog.status(config);
                    }

                    @Override
                    public StatusLog reports(ClusterConfig config) {
                        return KafkaStatusLog.reports(config);
                    }

                    @Override
                    public ResponseLog responses(ClusterConfig config) {
                        return new KafkaResponseLog(config);
                    }
                };

        StatusLog status(ClusterConfig config);

        StatusLog reports(ClusterConfig config);

        ResponseLog responses(ClusterConfig config);
    }

    /// Begins to follow the log, and waits until the store has all changes of earlier runs: the
    /// audit log is compared with it afterwards.
    ///
    /// @throws StartupException the log does not answer
    static ClusterPart start(
            Optional<ClusterConfig> config,
            Logs logs,
            RocksStore store,
            Supervision supervision,
            InstantSource clock,
            Lifecycle life)
            throws IOException, StartupException {
        if (config.isEmpty()) {
            return NONE;
        }
        ClusterConfig cluster = config.get();
        refuseForeign(store.replica(), config.get());
        PrivateKey key = ClusterKeys.readPrivate(cluster.key());
        StatusLog status = life.closeLater(logs.status(cluster));
        StatusLog reports = life.closeLater(logs.reports(cluster));
        if (SnapshotBootstrap.run(cluster, store, store.replica(), status, supervision.alerts())
                instanceof SnapshotBootstrap.Outcome.Behind(String why)) {
            throw new StartupException(why, null);
        }
        BackgroundTasks tasks = supervision.tasks();
        ClusterAuthority authority =
                life.closeLater(
                        ClusterAuthority.start(
                                cluster, key, status, reports, store.replica(), tasks, clock));
        life.closeLater(
                tasks.every(
                        "cluster-rows",
                        COMPARE_EVERY,
                        () -> authority.rows().look(supervision.alerts())));
        if (!isSettled(authority)) {
            throw new StartupException(
                    "it is not known which changes of this authority took effect: %s. Start it when"
                                    .formatted(
                                            authority
                                                    .problem()
                                                    .orElse("no authority holds an epoch"))
                            + " the cluster answers: precert-ocsp cluster check",
                    null);
        }
        ResponsePublisher publisher =
                life.closeLater(
                        ResponsePublisher.start(
                                cluster,
                                key,
                                life.closeLater(logs.responses(cluster)),
                                authority::publishesResponses,
                                tasks));
        return new ClusterPart(config, Optional.of(authority), Optional.of(publisher));
    }

    /// Begins to write snapshots for new nodes.
    ///
    /// @param requests directory in which the command `cluster snapshot` asks for one
    void writeSnapshots(
            RocksStore store,
            Path requests,
            Supervision supervision,
            ServerMetrics metrics,
            InstantSource clock,
            Lifecycle life)
            throws IOException {
        if (config.isEmpty()) {
            return;
        }
        SnapshotMonitor monitor =
                life.closeLater(
                        SnapshotMonitor.start(
                                supervision.tasks(),
                                config.get(),
                                ClusterKeys.readPrivate(config.get().key()),
                                store,
                                requests,
                                supervision.alerts(),
                                VersionProvider.number(),
                                clock));
        metrics.snapshots(monitor::age);
    }

    /// A node with rows that the others lack would answer differently at the same sequence (K7),
    /// and what only it knows would be unauthorized elsewhere.
    ///
    /// @throws StartupException the store is that of a single node
    static void refuseForeign(ReplicatedStore store, ClusterConfig cluster)
            throws StartupException {
        if (store.isForeign()) {
            throw new StartupException(
                    ("the store has statuses of a single node, which the other nodes of the cluster"
                                    + " do not have, so %s cannot join with it. Start it with an empty"
                                    + " store (another store.directory)%s; keep the old one until that"
                                    + " is done")
                            .formatted(
                                    cluster.name(),
                                    cluster.role() == ClusterConfig.Role.EDGE
                                            ? ": an edge receives all statuses from the log"
                                            : ", and audit.directory, and load all certificates and"
                                                    + " revocations again at the active authority"),
                    null);
        }
    }

    /// Why no command may change the store of this node, or empty: the others would not.
    static Optional<String> objectionToLocalChanges(Optional<ClusterConfig> config) {
        return config.map(
                cluster ->
                        "the store belongs to node %s of a cluster, whose changes come from its log:"
                                        .formatted(cluster.name())
                                + " start an authority, and send changes to its API");
    }

    private static boolean isSettled(ClusterAuthority authority) {
        try {
            return authority.awaitSettled(SETTLE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Where changes are written.
    StatusWriter writer(StatusWriter store) {
        return authority.<StatusWriter>map(Function.identity()).orElse(store);
    }

    /// The responses on disk, and their renewal.
    AnswerPath.Stored responses(RocksStore store) {
        return publisher
                .map(
                        it ->
                                new AnswerPath.Stored(
                                        it.publishing(store.responses()),
                                        it.publishing(store.renewals())))
                .orElseGet(() -> AnswerPath.Stored.of(store));
    }

    /// For tasks that one node of a cluster runs: the authority that takes changes.
    BackgroundTasks ofActive(BackgroundTasks tasks) {
        return authority.map(it -> tasks.onlyWhile(it::isActive)).orElse(tasks);
    }

    /// Watches over this node, and obeys the commands of operators.
    ///
    /// @param directory where commands leave requests
    void supervise(
            BackgroundTasks tasks, Path directory, AuditTrail audit, Alarm alarm, Lifecycle life) {
        if (authority.isEmpty()) {
            return;
        }
        ClusterAuthority node = authority.get();
        NodeMonitor monitor = new NodeMonitor(config.orElseThrow(), node, alarm);
        life.closeLater(
                tasks.every("cluster-node", NodeMonitor.EVERY, NodeMonitor.EVERY, monitor::look));
        ClaimRequests requests = new ClaimRequests(directory);
        life.closeLater(
                tasks.every(
                        "claim-requests",
                        ClaimRequests.LOOK_EVERY,
                        () -> requests.handleAll(user -> claim(node, user, audit))));
    }

    /// Refusals change nothing, and are not recorded.
    private static ClusterAuthority.ClaimResult claim(
            ClusterAuthority node, String user, AuditTrail audit) {
        Optional<String> objection = node.objectionToClaim();
        if (objection.isPresent()) {
            LOG.warn("user {} ordered this authority to claim: {}", user, objection.get());
            return new ClusterAuthority.ClaimResult(false, objection.get());
        }
        try {
            audit.record(
                    new AuditEvent(
                            AuditEvent.Kind.CLUSTER_CLAIM,
                            "precert-ocsp cluster claim (user %s)".formatted(user),
                            Map.of("holder", node.holder().orElse("nobody"))));
            ClusterAuthority.ClaimResult result = node.claim(CLAIM);
            LOG.warn("user {} ordered this authority to claim: {}", user, result.what());
            return result;
        } catch (AuditException e) {
            return new ClusterAuthority.ClaimResult(
                    false, "the audit log failed: " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new ClusterAuthority.ClaimResult(false, "the server stops");
        }
    }

    /// Reads the roster of edges again.
    ReloadReport reloadRoster(Path file) {
        if (authority.isEmpty()) {
            return new ReloadReport(List.of(), List.of(), List.of());
        }
        try {
            Optional<ClusterConfig> now = ConfigReader.read(file).cluster();
            if (now.isEmpty()) {
                // Reported with the other sections: it needs a restart.
                return new ReloadReport(List.of(), List.of(), List.of());
            }
            List<String> changes = authority.get().replaceRoster(now.get().edgeKeys());
            return new ReloadReport(
                    List.of(
                            changes.isEmpty()
                                    ? "the roster of edges"
                                    : "the roster of edges: " + String.join("; ", changes)),
                    List.of(),
                    List.of());
        } catch (IOException | ConfigException e) {
            return new ReloadReport(
                    List.of(), List.of(), List.of("the roster of edges: " + e.getMessage()));
        } catch (StoreException e) {
            return new ReloadReport(
                    List.of(),
                    List.of(),
                    List.of("the roster of edges: the store failed: " + e.getMessage()));
        }
    }

    Optional<AnswerLease> lease() {
        return authority.map(ClusterAuthority::lease);
    }

    /// What callers of the API are told beyond the change itself.
    Optional<ClusterChanges> changes() {
        return authority.map(it -> new Changes(config.orElseThrow(), it));
    }

    /// Answers the misses of edges.
    Optional<AuthorityAnswers> edgeAnswers(AnswerPath answers, Lifecycle life) {
        return authority.map(it -> life.closeLater(answers.forEdges(it::newest)));
    }

    private record Changes(ClusterConfig config, ClusterAuthority authority)
            implements ClusterChanges {
        @Override
        public boolean isActive() {
            return authority.isActive();
        }

        @Override
        public Optional<URI> elsewhere() {
            Optional<String> holder =
                    authority.holder().filter(name -> !name.equals(config.name()));
            return config.authorities().stream()
                    .filter(it -> holder.filter(it.name()::equals).isPresent())
                    .map(ClusterConfig.AuthorityNode::address)
                    .findFirst();
        }

        @Override
        public long newest() {
            return authority.newest();
        }

        @Override
        public CompletableFuture<Long> effective(long change) {
            return authority.effective(change);
        }

        @Override
        public Duration effectiveWait() {
            return config.effectiveWait();
        }
    }

    void addTo(ServerMetrics metrics) {
        authority.ifPresent(
                it -> {
                    metrics.follower(it::state);
                    ClusterConfig cluster = config.orElseThrow();
                    Stream.concat(
                                    cluster.authorityKeys().keySet().stream()
                                            .filter(name -> !name.equals(cluster.name())),
                                    cluster.roster().stream())
                            .sorted()
                            .forEach(node -> metrics.rows(node, it.rows()));
                });
        publisher.ifPresent(it -> metrics.publishedResponses(it::state));
    }

    List<ReadinessCheck> checks() {
        return authority
                .map(it -> List.of(new ReadinessCheck("cluster log", it::problem)))
                .orElse(List.of());
    }
}
