package org.precertocsp.responder;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.admin.AdminConfig;
import org.precertocsp.responder.admin.ApiContext;
import org.precertocsp.responder.admin.ConsoleData;
import org.precertocsp.responder.admin.ConsoleDataSource;
import org.precertocsp.responder.admin.DiskSpaceMonitor;
import org.precertocsp.responder.admin.HealthServer;
import org.precertocsp.responder.admin.Overview;
import org.precertocsp.responder.admin.PrivateApi;
import org.precertocsp.responder.admin.ReadinessChecks;
import org.precertocsp.responder.admin.StoreMonitor;
import org.precertocsp.responder.admin.TlsConfigException;
import org.precertocsp.responder.alert.AlertService;
import org.precertocsp.responder.answer.ClockMonitor;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.audit.AuditService;
import org.precertocsp.responder.audit.AuditedAlerts;
import org.precertocsp.responder.audit.StateCheck;
import org.precertocsp.responder.backup.BackupMonitor;
import org.precertocsp.responder.backup.BackupState;
import org.precertocsp.responder.cli.DataOwnershipCheck;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.cli.ServerLauncher;
import org.precertocsp.responder.cli.StartupException;
import org.precertocsp.responder.cluster.answers.AuthorityAnswers;
import org.precertocsp.responder.config.ConfigReload;
import org.precertocsp.responder.config.ConfiguredIssuers;
import org.precertocsp.responder.config.MemoryPlan;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.ctlog.LogEntryLoader;
import org.precertocsp.responder.ctlog.LogMonitor;
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.http.OverloadMonitor;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.FeedProvider;
import org.precertocsp.responder.intake.LoadAlerts;
import org.precertocsp.responder.intake.certificate.LoggedCertificateVerifier;
import org.precertocsp.responder.intake.certificate.SubmittedCertificateVerifier;
import org.precertocsp.responder.intake.spool.SpoolLoadContext;
import org.precertocsp.responder.intake.spool.SpoolWatcher;
import org.precertocsp.responder.metrics.Metrics;
import org.precertocsp.responder.metrics.ServerMetrics;
import org.precertocsp.responder.metrics.sla.AnswerDelayMonitor;
import org.precertocsp.responder.metrics.sla.MeasuredIssuer;
import org.precertocsp.responder.metrics.unassigned.UnassignedMonitor;
import org.precertocsp.responder.purge.CachePurger;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.reload.Reloader;
import org.precertocsp.responder.renewal.CredentialReloader;
import org.precertocsp.responder.renewal.Credentials;
import org.precertocsp.responder.renewal.IssuerCredential;
import org.precertocsp.responder.renewal.RenewalService;
import org.precertocsp.responder.status.ChangeListener;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;
import org.precertocsp.responder.task.ReadinessCheck;
import org.precertocsp.responder.tracing.Tracing;
import org.precertocsp.signer.InvalidCertificateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Composes the server. [#start] reads top to bottom in the order of construction, which is also
/// the order of dependence: a later part may use earlier ones, and is closed before them.
///
/// ```
/// alerts → store → audit log → credentials → answers (cache → stored → live) → endpoint
///                      ↑
/// spool, CT logs, private API → changes (recorded, measured, purged)
/// ```
///
/// Each package builds its own parts behind a static factory; only the connections are made here.
final class Wiring {
    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    private final InstantSource clock;
    private final Supplier<MonotonicClock> steady;
    private final ClusterPart.Logs logs;

    /// @param clock of a test, also used as the monotonic clock
    Wiring(InstantSource clock) {
        this(clock, () -> new MonotonicClock(clock), ClusterPart.Logs.KAFKA);
    }

    /// @param clock the system's
    /// @param nanos the system's monotonic one
    Wiring(InstantSource clock, LongSupplier nanos) {
        this(clock, () -> new MonotonicClock(clock, nanos), ClusterPart.Logs.KAFKA);
    }

    /// @param logs of a test
    Wiring(InstantSource clock, ClusterPart.Logs logs) {
        this(clock, () -> new MonotonicClock(clock), logs);
    }

    private Wiring(InstantSource clock, Supplier<MonotonicClock> steady, ClusterPart.Logs logs) {
        this.clock = clock;
        this.steady = steady;
        this.logs = logs;
    }

    /// Starts servers.
    ServerLauncher launcher() {
        return (config, accepted) -> {
            Optional<String> objection =
                    DataOwnershipCheck.objection(List.copyOf(config.directories().values()));
            if (objection.isPresent()) {
                throw new StartupException(objection.get(), null);
            }
            Lifecycle life = new Lifecycle();
            try {
                return start(config, accepted, life);
            } catch (StoreLockedException
                    | StoreException
                    | AuditException
                    | IOException
                    | InvalidCertificateException e) {
                life.close();
                throw new StartupException(String.valueOf(e.getMessage()), e);
            } catch (Credentials.Rejected e) {
                life.close();
                throw new StartupException(e.reasons(), null);
            } catch (TlsConfigException e) {
                life.close();
                throw new StartupException(String.valueOf(e.getMessage()), null);
            } catch (StartupException | RuntimeException e) {
                life.close();
                throw e;
            }
        };
    }

    /// @throws Credentials.Rejected a credential must not sign
    private RunningServer start(
            ServerConfig config, Set<ServerLauncher.Accepted> accepted, Lifecycle life)
            throws StoreLockedException,
                    IOException,
                    InvalidCertificateException,
                    Credentials.Rejected,
                    StartupException,
                    TlsConfigException {
        boolean newStore = accepted.contains(ServerLauncher.Accepted.NEW_STORE);
        Tracing tracing =
                life.closeLater(Tracing.start(config.tracing(), config.http().path(), clock));
        MonotonicClock time = steady.get();
        if (config.isEdge()) {
            return new EdgeServer(config, logs, clock, time, tracing, life).start(accepted);
        }

        // Alerts first, since every other part may raise one.
        Supervision supervision = Supervision.start(config, clock, life);
        AlertService alerts = supervision.alerts();
        BackgroundTasks tasks = supervision.tasks();
        DiskSpaceMonitor disk = supervision.disk();

        // The store and the audit log: neither is used before it is known that they belong
        // together.
        ConfiguredIssuers issuers = ConfiguredIssuers.read(config);
        ConfiguredIssuer.Directory fed = issuers.directory();
        FeedProvider feeds = new FeedFactory(issuers, clock, alerts);
        new StateCheck(config.auditSettings(), alerts).expectStore(newStore);
        RocksStore store =
                life.closeLater(
                        StoreMonitor.open(config.store(), tasks, disk.full("store"), alerts));
        // What earlier runs of this node sent is settled before the audit log asks.
        ClusterPart cluster =
                ClusterPart.start(config.cluster(), logs, store, supervision, clock, life);
        AuditService audit =
                AuditService.open(
                        config.auditSettings(),
                        store,
                        issuers.keys(),
                        newStore,
                        alerts,
                        tasks,
                        time,
                        life);
        remember(time, store, audit, accepted.contains(ServerLauncher.Accepted.CLOCK));
        alerts.start(tasks, new AuditedAlerts(audit.trail()));
        cluster.supervise(tasks, config.alerts().directory(), audit.trail(), alerts, life);
        warnOfSingleChannel(config);
        MemoryPlan.keep(config, store.figures().readers());
        AuditService.Journal journal = audit.openJournal(disk.full("audit"), life);

        // Credentials and answers.
        List<IssuerCredential> credentials =
                Credentials.open(
                        issuers.answered(),
                        config.signing(),
                        journal.signatures(),
                        tracing::key,
                        time,
                        life);
        UnassignedMonitor unassigned =
                life.closeLater(
                        UnassignedMonitor.start(
                                tasks, config.unassigned(), names(credentials), alerts, clock));
        AnswerPath answers =
                new AnswerPath(
                        config,
                        credentials.stream().map(AnswerPath.Signer::of).toList(),
                        store,
                        cluster.responses(store),
                        time,
                        unassigned,
                        cluster.lease());
        ClockMonitor clocks =
                life.closeLater(new ClockMonitor(time, alerts, store::keepNewestTime));
        life.closeLater(tasks.every("clock", AnswerPath.CLOCK_EVERY, clocks::look));
        RenewalService renewals = life.closeLater(answers.renewals(tasks));
        life.closeLater(
                tasks.every(
                        "overdue-renewals",
                        AnswerPath.OVERDUE_EVERY,
                        () -> renewals.lookForOverdue(alerts)));

        ConfigReload configuration = new ConfigReload(config);
        CredentialReloader upkeep =
                life.closeLater(
                        CredentialReloader.start(
                                credentials,
                                configuration::credentialSources,
                                alerts,
                                tasks,
                                time));
        life.closeLater(
                Credentials.watchEnds(
                        credentials,
                        issuers.certificates(),
                        config.alerts().expiry(),
                        alerts,
                        tasks,
                        clock));

        // Changes: recorded in the audit log before they reach the store, then measured and purged.
        AnswerDelayMonitor measured =
                new AnswerDelayMonitor(
                        credentials.stream().map(it -> measured(it, upkeep)).toList(),
                        store,
                        store,
                        alerts,
                        clock);
        life.closeLater(measured.start(tasks));
        List<ChangeListener> listeners = new ArrayList<>();
        listeners.add(audit.recorder());
        listeners.add(measured);
        CachePurger.start(config.caching().purge(), names(credentials), tasks, life)
                .ifPresent(listeners::add);
        StatusWriter writer = new ChangeWriter(cluster.writer(store), listeners);
        Metrics metrics = new Metrics();
        ServerMetrics metered = new ServerMetrics(metrics);
        ConsoleDataSource console =
                new ConsoleDataSource(
                        credentials, fed, new LoadAlerts(alerts, metered::loaded), clock);
        FeedLoader loader = new FeedLoader(writer, clock, console::loaded, tracing.loads());
        SpoolLoadContext intake = new SpoolLoadContext(loader, feeds, fed, alerts);
        SpoolWatcher spool =
                life.closeLater(
                        SpoolWatcher.start(cluster.ofActive(tasks), config.spool(), intake, clock));

        answers.warmUp();
        // The endpoint, as soon as it can answer; the CT logs are read meanwhile.
        OverloadMonitor overload = new OverloadMonitor(alerts);
        OcspHttpServer http = life.closeLater(answers.serve(renewals::asked, tracing, overload));
        LogMonitor logs =
                life.closeLater(
                        LogMonitor.start(
                                cluster.ofActive(tasks),
                                config.watch(),
                                new LogEntryLoader(
                                        writer,
                                        store::logHead,
                                        new LoggedCertificateVerifier(issuers.signers()),
                                        issuers.alertOnly(),
                                        clock),
                                new LogMonitor.Subjects(fed, store),
                                new LogMonitor.Outlets(audit.trail(), alerts),
                                clock));

        // For operators: metrics, readiness, console and private API.
        metered.traces(tracing::figures);
        metered.alerts(alerts, clock);
        metered.tasks(tasks);
        metered.unassigned(unassigned);
        metered.certificates(credentials, fed);
        metered.clock(clocks);
        metered.renewals(renewals);
        metered.store(store);
        answers.addTo(metered);
        metered.signing(credentials);
        metered.keys(credentials, upkeep);
        metered.answerDelays(measured);
        metered.overload(overload);
        metered.connections(http);
        metered.logs(logs, fed);
        cluster.addTo(metered);
        Optional<AuthorityAnswers> edges = cluster.edgeAnswers(answers, life);
        edges.ifPresent(metered::edges);
        List<ReadinessCheck> checks =
                new ArrayList<>(ReadinessChecks.signing(config.admin(), credentials, upkeep));
        checks.addAll(
                List.of(
                        ReadinessChecks.store(store, fed.issuers().getFirst().key()),
                        ReadinessChecks.spool(spool),
                        new ReadinessCheck("clock", () -> clocks.problem(answers.validity())),
                        new ReadinessCheck("background tasks", tasks::problem)));
        checks.addAll(cluster.checks());
        checks.add(new ReadinessCheck("audit log", journal.events()::problem));
        checks.add(new ReadinessCheck("signature journal", journal.signatures()::problem));
        checks.add(new ReadinessCheck("disk space", disk.full("store")));
        life.closeLater(StoreMonitor.watchWrites(store, alerts, tasks));
        checks.add(new ReadinessCheck("store writes", store::writeProblem));
        life.closeLater(
                BackupMonitor.start(
                        tasks,
                        config.auditSettings(),
                        new AuditService.Opened(
                                store, audit.trail(), journal.events(), journal.signatures()),
                        alerts,
                        clock));
        cluster.writeSnapshots(
                store,
                config.auditSettings().newestSetDirectory(),
                supervision,
                metered,
                clock,
                life);
        metered.backups(new BackupState(config.auditSettings())::last, clock);
        metered.ready(List.copyOf(checks));
        if (config.admin().isPresent()) {
            life.closeLater(
                    HealthServer.start(config.admin().get(), checks, metrics::text, alerts, tasks));
        }
        ConsoleData insight =
                console.insight(
                        new ConsoleDataSource.Running(
                                checks,
                                answers.traffic(),
                                answers::layers,
                                answers.lookedAt(),
                                renewals,
                                store,
                                unassigned,
                                spool,
                                logs,
                                alerts),
                        () -> Overview.Audit.of(journal.logs(), journal.monitor().state()),
                        tasks,
                        life);

        // Reloading, in this order.
        Reloader reloader = new Reloader(alerts);
        reloader.add(configuration);
        reloader.add(() -> cluster.reloadRoster(config.source().file()));
        reloader.add(Reloader.Part.watched(upkeep::reloadAndWait));
        ApiContext parts =
                new ApiContext(
                        fed,
                        feeds,
                        new SubmittedCertificateVerifier(issuers.signers()),
                        store,
                        writer,
                        audit.trail(),
                        reloader::reload,
                        insight,
                        edges,
                        cluster.changes(),
                        tracing.calls(),
                        clock);
        reloader.add(
                PrivateApi.start(
                        config.admin().flatMap(AdminConfig::api),
                        config.alerts().expiry(),
                        parts,
                        store,
                        alerts,
                        tasks,
                        api -> metered.uploads(api::activeUploads, api::refusedUploads),
                        life));
        reloader.add(
                () -> {
                    logs.retry();
                    return new ReloadReport(List.of(), List.of(), List.of());
                });
        return StartedServer.of(http, reloader, config, tasks, life);
    }

    private static void warnOfSingleChannel(ServerConfig config) {
        if (!config.alerts().isIndependent()) {
            LOG.warn(
                    "alerts are only written to the log; NSR 3.2.2 requires two independent ways:"
                            + " configure one under alerts.channels");
        }
    }

    /// Remembers the newest time that earlier runs signed or recorded, unless the operator states
    /// that those times are wrong.
    private static void remember(
            MonotonicClock time, RocksStore store, AuditService audit, boolean acceptClock) {
        Optional<Instant> newest =
                Stream.concat(store.newestTime().stream(), audit.newestBefore().stream())
                        .max(Instant::compareTo);
        if (acceptClock) {
            newest.filter(it -> it.isAfter(time.instant())).ifPresent(audit::clockAccepted);
            store.keepNewestTime(time.instant());
        } else {
            newest.ifPresent(time::remember);
        }
    }

    private static MeasuredIssuer measured(IssuerCredential credential, CredentialReloader upkeep) {
        return new MeasuredIssuer(
                credential.issuer(), credential.key(), () -> upkeep.problem(credential).isEmpty());
    }

    private static Map<IssuerKey, String> names(List<IssuerCredential> credentials) {
        return credentials.stream()
                .collect(Collectors.toMap(IssuerCredential::key, IssuerCredential::issuer));
    }
}
