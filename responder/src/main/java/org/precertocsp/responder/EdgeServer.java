package org.precertocsp.responder;

import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.admin.ClientTls;
import org.precertocsp.responder.admin.DiskSpaceMonitor;
import org.precertocsp.responder.admin.HealthServer;
import org.precertocsp.responder.admin.ReadinessChecks;
import org.precertocsp.responder.admin.StoreMonitor;
import org.precertocsp.responder.admin.TlsConfigException;
import org.precertocsp.responder.alert.AlertAuditRecorder;
import org.precertocsp.responder.alert.AlertService;
import org.precertocsp.responder.answer.ClockMonitor;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.cli.ServerLauncher;
import org.precertocsp.responder.cli.StartupException;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterEdge;
import org.precertocsp.responder.cluster.ClusterKeys;
import org.precertocsp.responder.cluster.NodeMonitor;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.answers.AuthorityClient;
import org.precertocsp.responder.cluster.answers.LogPosition;
import org.precertocsp.responder.cluster.answers.RemoteSigner;
import org.precertocsp.responder.cluster.responses.ResponseFollower;
import org.precertocsp.responder.cluster.snapshot.SnapshotBootstrap;
import org.precertocsp.responder.config.ConfigReload;
import org.precertocsp.responder.config.ConfiguredIssuers;
import org.precertocsp.responder.config.MemoryPlan;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.http.OverloadMonitor;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.metrics.Metrics;
import org.precertocsp.responder.metrics.ServerMetrics;
import org.precertocsp.responder.metrics.unassigned.UnassignedMonitor;
import org.precertocsp.responder.reload.Reloader;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;
import org.precertocsp.responder.task.ReadinessCheck;
import org.precertocsp.responder.tracing.Tracing;
import org.precertocsp.signer.BoundedSigner;
import org.precertocsp.signer.InvalidCertificateException;

/// Composes a server that is an edge of a cluster, as `Wiring` composes the others.
///
/// ```
/// status log, responses → store → answers (lease → cache → stored → authorities) → endpoint
/// ```
///
/// It has no key, and takes no changes: no audit log, feeds, API or renewals. Its responses are in
/// the signature journals of the authorities, its changes in their audit logs.
///
/// @param life closes what is started
record EdgeServer(
        ServerConfig config,
        ClusterPart.Logs logs,
        InstantSource clock,
        MonotonicClock time,
        Tracing tracing,
        Lifecycle life) {

    RunningServer start(Set<ServerLauncher.Accepted> accepted)
            throws StoreLockedException,
                    IOException,
                    InvalidCertificateException,
                    StartupException,
                    TlsConfigException {
        ClusterConfig cluster = config.cluster().orElseThrow();
        Supervision supervision = Supervision.start(config, clock, life);
        AlertService alerts = supervision.alerts();
        BackgroundTasks tasks = supervision.tasks();
        DiskSpaceMonitor disk = supervision.disk();

        List<ConfiguredIssuer> issuers = ConfiguredIssuers.directory(config).issuers();
        RocksStore store =
                life.closeLater(
                        StoreMonitor.open(config.store(), tasks, disk.full("store"), alerts));
        ClusterPart.refuseForeign(store.answeringReplica(), cluster);
        if (accepted.contains(ServerLauncher.Accepted.CLOCK)) {
            store.keepNewestTime(time.instant());
        } else {
            store.newestTime().ifPresent(time::remember);
        }
        alerts.start(tasks, AlertAuditRecorder.NONE);
        MemoryPlan.keep(config, store.figures().readers());

        // What the store knows comes from the log, what it lacks from authorities.
        StatusLog status = life.closeLater(logs.status(cluster));
        SnapshotBootstrap.run(cluster, store, store.answeringReplica(), status, alerts);
        ClusterEdge edge =
                life.closeLater(
                        ClusterEdge.start(
                                cluster,
                                ClusterKeys.readPrivate(cluster.key()),
                                status,
                                life.closeLater(logs.reports(cluster)),
                                store.answeringReplica(),
                                tasks));
        ResponseFollower responses =
                life.closeLater(
                        ResponseFollower.start(
                                cluster,
                                life.closeLater(logs.responses(cluster)),
                                stored(issuers),
                                store.receivedResponses(),
                                time,
                                tasks,
                                alerts));
        NodeMonitor monitor = new NodeMonitor(cluster, edge, responses::forged, alerts);
        life.closeLater(
                tasks.every("cluster-node", NodeMonitor.EVERY, NodeMonitor.EVERY, monitor::look));
        AuthorityClient authorities =
                life.closeLater(
                        AuthorityClient.start(
                                cluster.authorities().stream()
                                        .map(
                                                it ->
                                                        new AuthorityClient.Endpoint(
                                                                it.name(), it.address()))
                                        .toList(),
                                tls(cluster),
                                // As many wait as requests may be in flight: none computes.
                                AuthorityClient.Settings.USUAL.withMostWaiting(
                                        config.signing().maxInFlight()),
                                tasks,
                                alerts,
                                clock));
        RemoteSigner.Knowledge known = new RemoteSigner.Knowledge(store, new Position(edge), time);
        List<AnswerPath.Signer> signers =
                issuers.stream().map(it -> signer(it, authorities, known)).toList();

        UnassignedMonitor unassigned =
                life.closeLater(
                        UnassignedMonitor.start(
                                tasks, config.unassigned(), names(issuers), alerts, clock));
        AnswerPath answers =
                new AnswerPath(
                        config,
                        signers,
                        store,
                        AnswerPath.Stored.of(store),
                        time,
                        unassigned,
                        Optional.of(edge.lease()));
        ClockMonitor clocks =
                life.closeLater(new ClockMonitor(time, alerts, store::keepNewestTime));
        life.closeLater(tasks.every("clock", AnswerPath.CLOCK_EVERY, clocks::look));
        OverloadMonitor overload = new OverloadMonitor(alerts);
        // Nothing is renewed here: a response that ends is requested again.
        OcspHttpServer http = life.closeLater(answers.serve(_ -> {}, tracing, overload));

        Metrics metrics = new Metrics();
        ServerMetrics metered = new ServerMetrics(metrics);
        metered.traces(tracing::figures);
        metered.alerts(alerts, clock);
        metered.tasks(tasks);
        metered.unassigned(unassigned);
        metered.clock(clocks);
        metered.store(store);
        answers.addTo(metered);
        metered.overload(overload);
        metered.connections(http);
        metered.follower(edge::state);
        metered.lease(edge::leaseAge);
        metered.authorities(authorities);
        metered.receivedResponses(responses::state);
        life.closeLater(StoreMonitor.watchWrites(store, alerts, tasks));
        List<ReadinessCheck> checks =
                List.of(
                        new ReadinessCheck("cluster log", edge::problem),
                        new ReadinessCheck("authorities", authorities::problem),
                        ReadinessChecks.store(store, issuers.getFirst().key()),
                        new ReadinessCheck("clock", () -> clocks.problem(answers.validity())),
                        new ReadinessCheck("background tasks", tasks::problem),
                        new ReadinessCheck("disk space", disk.full("store")),
                        new ReadinessCheck("store writes", store::writeProblem));
        metered.ready(checks);
        if (config.admin().isPresent()) {
            life.closeLater(
                    HealthServer.start(config.admin().get(), checks, metrics::text, alerts, tasks));
        }

        Reloader reloader = new Reloader(alerts);
        reloader.add(new ConfigReload(config));
        return StartedServer.of(http, reloader, config, tasks, life);
    }

    /// The issuers whose responses are looked for on disk.
    private List<ResponseFollower.Issuer> stored(List<ConfiguredIssuer> issuers) {
        Set<String> names =
                config.issuers().stream()
                        .filter(it -> it.presign() != PresignMode.NONE)
                        .map(ServerConfig.Issuer::name)
                        .collect(Collectors.toSet());
        return issuers.stream()
                .filter(it -> names.contains(it.name()))
                .map(it -> new ResponseFollower.Issuer(it.certificates(), it.profile()))
                .toList();
    }

    private static SSLContext tls(ClusterConfig cluster) throws TlsConfigException {
        if (cluster.client().isPresent()) {
            ClusterConfig.Tls files = cluster.client().get();
            return new ClientTls(Optional.of(files.ca()), files.certificate(), files.privateKey())
                    .context();
        }
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new TlsConfigException("TLS to authorities: " + e.getMessage(), e);
        }
    }

    private AnswerPath.Signer signer(
            ConfiguredIssuer issuer, AuthorityClient authorities, RemoteSigner.Knowledge known) {
        RemoteSigner remote =
                new RemoteSigner(authorities, issuer.certificates(), issuer.profile(), known);
        return new AnswerPath.Signer(
                issuer.name(),
                issuer.key(),
                life.closeLater(new BoundedSigner(remote, config.signing(), clock)),
                Optional.empty());
    }

    private static Map<IssuerKey, String> names(List<ConfiguredIssuer> issuers) {
        return issuers.stream()
                .collect(Collectors.toMap(ConfiguredIssuer::key, ConfiguredIssuer::name));
    }

    private record Position(ClusterEdge edge) implements LogPosition {
        @Override
        public long applied() {
            return edge.applied();
        }

        @Override
        public boolean awaitApplied(long sequence, Duration atMost) throws InterruptedException {
            return edge.awaitApplied(sequence, atMost);
        }
    }
}
