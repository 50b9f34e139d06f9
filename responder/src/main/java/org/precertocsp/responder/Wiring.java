package org.precertocsp.responder;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.admin.AdminConfig;
import org.precertocsp.responder.admin.HealthServer;
import org.precertocsp.responder.admin.ReadinessCheck;
import org.precertocsp.responder.admin.api.Insight;
import org.precertocsp.responder.admin.api.Parts;
import org.precertocsp.responder.admin.watch.DiskSpaceMonitor;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.alert.desk.AlertDesk;
import org.precertocsp.responder.answer.ClockMonitor;
import org.precertocsp.responder.answer.SteadyClock;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.cli.AlertBooks;
import org.precertocsp.responder.cli.AuditServices;
import org.precertocsp.responder.cli.CommandFailed;
import org.precertocsp.responder.cli.CredentialCheck;
import org.precertocsp.responder.cli.DataOwner;
import org.precertocsp.responder.cli.Launcher;
import org.precertocsp.responder.cli.RunningResponder;
import org.precertocsp.responder.cli.Services;
import org.precertocsp.responder.cli.StartRefused;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ConfigRefused;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.freshness.CredentialUpkeep;
import org.precertocsp.responder.freshness.KeptCredential;
import org.precertocsp.responder.freshness.Renewals;
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.http.OverloadMonitor;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.Feeds;
import org.precertocsp.responder.intake.LoadAlerts;
import org.precertocsp.responder.intake.certificate.LoggedCertificates;
import org.precertocsp.responder.intake.ctlog.watch.LogWatch;
import org.precertocsp.responder.intake.spool.SpoolConfig;
import org.precertocsp.responder.intake.spool.SpoolIntake;
import org.precertocsp.responder.intake.spool.SpoolWatcher;
import org.precertocsp.responder.metrics.Metrics;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.reload.Reloader;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.ChangeListener;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.unassigned.UnassignedMonitor;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.CredentialLoad;

/// Constructs every service; nothing else does. Read it to see how the parts hang together.
final class Wiring {
    private static final Duration RECOVER_STORE = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final Supplier<SteadyClock> steady;

    /// @param clock of a test, which is the only one it has
    Wiring(InstantSource clock) {
        this(clock, () -> new SteadyClock(clock));
    }

    /// @param clock the system's
    /// @param nanos the system's monotonic one
    Wiring(InstantSource clock, LongSupplier nanos) {
        this(clock, () -> new SteadyClock(clock, nanos));
    }

    private Wiring(InstantSource clock, Supplier<SteadyClock> steady) {
        this.clock = clock;
        this.steady = steady;
    }

    /// The responder: store, signers, answer chain, endpoints and spool, in this order.
    Launcher launcher() {
        return (config, accepted) -> {
            Optional<String> stranger = DataOwner.objection(List.copyOf(volumes(config).values()));
            if (stranger.isPresent()) {
                throw new StartRefused(stranger.get(), null);
            }
            Started started = new Started();
            try {
                return start(
                        config, accepted, TracingWiring.start(config, clock, started), started);
            } catch (StoreLocked
                    | StoreFailure
                    | AuditFailure
                    | IOException
                    | CertificateProblem e) {
                started.close();
                throw new StartRefused(String.valueOf(e.getMessage()), e);
            } catch (StartRefused | RuntimeException e) {
                started.close();
                throw e;
            }
        };
    }

    private RunningResponder start(
            ServerConfig config,
            Set<Launcher.Accepted> accepted,
            TracingWiring tracing,
            Started started)
            throws StartRefused, StoreLocked, IOException, CertificateProblem {
        boolean newStore = accepted.contains(Launcher.Accepted.NEW_STORE);
        SteadyClock time = steady.get();
        // Tasks raise alerts, and alerts are kept by a task.
        CompletableFuture<Alarm> alarm = new CompletableFuture<>();
        BackgroundTasks tasks = AlertWiring.tasks(() -> alarm.getNow(Alarm.LOGGED));
        // The audit log raises alerts, and alerts are recorded in it.
        CompletableFuture<AuditTrail> trail = new CompletableFuture<>();
        AlertDesk alerts =
                started.closeLater(
                        new AlertWiring(config, clock)
                                .desk(tasks, event -> trail.join().record(event)));
        started.closeLater(() -> trail.complete(AuditTrail.NONE));
        alarm.complete(alerts);
        DiskSpaceMonitor disk = DiskSpaceMonitor.of(volumes(config), config.diskSpace(), alerts);
        started.closeLater(
                tasks.every(
                        "disk-space",
                        DiskSpaceMonitor.CHECK_EVERY,
                        DiskSpaceMonitor.CHECK_EVERY,
                        disk::check));
        FeedWiring feeding = FeedWiring.of(config, clock, alerts);
        FedIssuer.Directory fed = feeding.issuers();
        AuditWiring.expectStore(config, newStore, alerts);
        RocksStores store = started.closeLater(open(config, tasks, disk.full("store"), alerts));
        AuditWiring audit =
                AuditWiring.serving(
                        config, store, keys(fed), newStore, alerts, tasks, time, started);
        remember(time, store, audit, accepted.contains(Launcher.Accepted.CLOCK));
        trail.complete(audit.trail());
        AuditWiring.Watched books = audit.watched(disk.full("audit"), started);
        List<KeptCredential> credentials =
                new CredentialWiring(time, tracing::key)
                        .credentials(config, fed, books.journal(), started);
        UnassignedMonitor unassigned =
                started.closeLater(
                        AlertWiring.unassigned(tasks, config, credentials, alerts, clock));
        AnswerWiring answers = new AnswerWiring(config, credentials, store, time, unassigned);
        Metrics metrics = tracing.counted(new Metrics());
        MetricsWiring metered = new MetricsWiring(metrics);
        metered.alerts(alerts, clock);
        metered.tasks(tasks);
        metered.unassigned(unassigned);
        metered.certificates(credentials, fed);
        ClockMonitor clocks =
                started.closeLater(new ClockMonitor(time, alerts, store::keepNewestTime));
        started.closeLater(tasks.every("clock", AnswerWiring.CLOCK_EVERY, clocks::look));
        metered.clock(clocks);
        Renewals renewals = started.closeLater(answers.renewals(tasks, metrics));
        started.closeLater(
                tasks.every(
                        "overdue-renewals",
                        AnswerWiring.OVERDUE_EVERY,
                        () -> renewals.lookForOverdue(alerts)));

        CredentialUpkeep upkeep =
                started.closeLater(
                        CredentialUpkeep.start(
                                credentials,
                                CredentialWiring.sources(config),
                                alerts,
                                tasks,
                                time));
        metered.keys(credentials, upkeep);
        new CredentialWiring(clock).watchEnds(config, credentials, fed, alerts, tasks, started);
        DutyWiring duty = new DutyWiring(alerts, metrics, clock);
        List<ChangeListener> listeners = new ArrayList<>();
        listeners.add(audit.recorder());
        listeners.add(started.closeLater(duty.start(tasks, credentials, upkeep, store)));
        CacheWiring.purger(config, credentials, tasks, started).ifPresent(listeners::add);
        StatusWriter writer = new ChangeWriter(store, listeners);
        ConsoleWiring console =
                new ConsoleWiring(credentials, fed, new LoadAlerts(alerts, metered::loaded), clock);
        FeedLoader loader = new FeedLoader(writer, clock, console::loaded, tracing.loads());
        SpoolIntake intake = new SpoolIntake(loader, feeding.feeds(), fed, alerts);
        SpoolWatcher spool =
                started.closeLater(SpoolWatcher.start(tasks, config.spool(), intake, clock));
        OverloadMonitor overload = new OverloadMonitor(alerts);
        metered.overload(overload);
        OcspHttpServer http = started.closeLater(answers.serve(renewals, tracing, overload));
        metered.connections(http);
        LogWatch logs =
                started.closeLater(
                        new LogWiring(config, fed, clock)
                                .start(
                                        tasks,
                                        store,
                                        writer,
                                        feeding.logged(),
                                        new LogWatch.Outlets(audit.trail(), alerts),
                                        metrics));
        List<ReadinessCheck> checks = new ArrayList<>(signing(config, credentials, upkeep));
        checks.addAll(
                List.of(
                        readable(store, fed),
                        watching(spool),
                        new ReadinessCheck("clock", () -> clocks.problem(answers.validity())),
                        new ReadinessCheck("background tasks", tasks::problem)));
        checks.addAll(books.checks());
        checks.add(new ReadinessCheck("disk space", disk.full("store")));
        checks.add(watchWrites(store, alerts, tasks, started));
        metered.ready(List.copyOf(checks));
        tellHealth(config, checks, metrics, alerts, tasks, started);
        Insight insight =
                console.insight(
                        new ConsoleWiring.Running(
                                checks, answers, renewals, store, unassigned, spool, logs, alerts),
                        books.state(),
                        tasks,
                        started);
        ReloadWiring reloading = new ReloadWiring(config, alerts, tasks);
        Reloader reloader = reloading.reloader(upkeep);
        Parts parts =
                new Parts(
                        fed,
                        feeding.feeds(),
                        feeding.submitted(),
                        store,
                        writer,
                        audit.trail(),
                        reloader::reload,
                        insight,
                        tracing.calls(),
                        clock);
        reloader.add(
                new AdminWiring(config.admin(), config.alerts().expiry(), metered)
                        .start(parts, store, alerts, tasks, started));
        reloader.add(
                () -> {
                    logs.retry();
                    return new ReloadReport(List.of(), List.of(), List.of());
                });
        reloading.listen(reloader, started);
        return new Running(http, reloader, started);
    }

    /// A write that failed is told at once, and so is its end.
    private static ReadinessCheck watchWrites(
            RocksStores store, Alarm alarm, BackgroundTasks tasks, Started started) {
        String about = AuditWiring.STORE + " writes";
        store.watchWrites(
                problem ->
                        problem.ifPresentOrElse(
                                why ->
                                        alarm.raise(
                                                new Incident(
                                                        Incident.Kind.STORE_FAILED,
                                                        about,
                                                        why
                                                                + ". Revocations, certificates and"
                                                                + " all other changes are refused;"
                                                                + " what was acknowledged is still"
                                                                + " answered. Check the disk: df,"
                                                                + " dmesg. It is tried again every"
                                                                + " %d s."
                                                                        .formatted(
                                                                                RECOVER_STORE
                                                                                        .toSeconds()))),
                                () -> alarm.end(Incident.Kind.STORE_FAILED, about)));
        started.closeLater(tasks.every("store-recovery", RECOVER_STORE, store::recover));
        return new ReadinessCheck("store writes", store::writeProblem);
    }

    private static RocksStores open(
            ServerConfig config,
            BackgroundTasks tasks,
            Supplier<Optional<String>> full,
            Alarm alarm)
            throws StoreLocked {
        try {
            RocksStores store = RocksStores.open(config.store(), tasks, full);
            alarm.end(Incident.Kind.STORE_FAILED, AuditWiring.STORE);
            return store;
        } catch (StoreFailure e) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.STORE_FAILED,
                            AuditWiring.STORE,
                            "the server does not start: " + e.getMessage()));
            throw e;
        }
    }

    /// What the server writes to, by the names people know it by.
    private static Map<String, Path> volumes(ServerConfig config) {
        Map<String, Path> volumes = new LinkedHashMap<>();
        volumes.put("store", config.store().directory());
        volumes.put("audit", config.audit().directory());
        volumes.put("spool", config.spool().directory());
        volumes.put("alerts", config.alerts().directory());
        volumes.put("unassigned", config.unassigned().directory());
        return volumes;
    }

    /// What earlier runs signed and recorded, unless an operator says that those times never were.
    private static void remember(
            SteadyClock time, RocksStores store, AuditWiring audit, boolean acceptClock) {
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

    private static List<IssuerKey> keys(FedIssuer.Directory fed) {
        return fed.issuers().stream().map(FedIssuer::key).toList();
    }

    private static void tellHealth(
            ServerConfig config,
            List<ReadinessCheck> checks,
            Metrics metrics,
            Alarm alarm,
            BackgroundTasks tasks,
            Started started)
            throws IOException {
        if (config.admin().isPresent()) {
            started.closeLater(
                    HealthServer.start(config.admin().get(), checks, metrics::text, alarm, tasks));
        }
    }

    /// `load` and `status`.
    Services services() {
        return file -> {
            try {
                ServerConfig config = own(ConfigReader.read(file));
                FeedWiring feeding = FeedWiring.of(config, clock);
                return new Offline(
                        config, feeding.issuers(), feeding.feeds(), feeding.logged(), clock);
            } catch (IOException | ConfigRefused | CertificateProblem e) {
                throw new CommandFailed(String.valueOf(e.getMessage()), e);
            }
        };
    }

    /// `audit`.
    AuditServices audit() {
        return file -> {
            try {
                ServerConfig config = own(ConfigReader.read(file));
                return new AuditBooks(config, FeedWiring.issuers(config), clock);
            } catch (IOException | ConfigRefused | CertificateProblem e) {
                throw new CommandFailed(String.valueOf(e.getMessage()), e);
            }
        };
    }

    /// `alerts`.
    AlertBooks alertBooks() {
        return config -> {
            try {
                return new AlertWiring(own(config), clock)
                        .commands(AuditWiring.trailOffline(config, clock));
            } catch (CommandFailed e) {
                throw new IOException(e.explanation(), e);
            }
        };
    }

    /// A configuration whose folders this user may write to.
    private static ServerConfig own(ServerConfig config) throws CommandFailed {
        Optional<String> stranger = DataOwner.objection(List.copyOf(volumes(config).values()));
        if (stranger.isPresent()) {
            throw new CommandFailed(stranger.get());
        }
        return config;
    }

    /// `config check`.
    CredentialCheck credentialCheck() {
        return config -> {
            List<CredentialCheck.Finding> findings = new ArrayList<>();
            try {
                FedIssuer.Directory fed = FeedWiring.of(config, clock).issuers();
                for (ServerConfig.Issuer issuer : config.issuers()) {
                    findings.addAll(check(issuer, fed));
                }
            } catch (CertificateProblem e) {
                findings.add(
                        new CredentialCheck.Finding(
                                "issuers",
                                CredentialCheck.Severity.ERROR,
                                String.valueOf(e.getMessage())));
            }
            return findings;
        };
    }

    private List<CredentialCheck.Finding> check(
            ServerConfig.Issuer issuer, FedIssuer.Directory fed) {
        if (issuer.credential().isEmpty()) {
            return List.of();
        }
        CredentialLoad load =
                new CredentialWiring(clock)
                        .loader(issuer.credential().get(), CredentialWiring.fedIssuer(fed, issuer))
                        .load();
        if (load instanceof CredentialLoad.Ready ready) {
            ready.credential().key().close();
        }
        return load.findings().stream()
                .map(
                        finding ->
                                new CredentialCheck.Finding(
                                        issuer.name(),
                                        finding.isError()
                                                ? CredentialCheck.Severity.ERROR
                                                : CredentialCheck.Severity.WARNING,
                                        finding.toString()))
                .toList();
    }

    private static ReadinessCheck readable(StatusStore store, FedIssuer.Directory fed) {
        IssuerKey known = fed.issuers().getFirst().key();
        SerialKey any = new SerialKey(known, Serial.of(BigInteger.ZERO));
        return new ReadinessCheck(
                "store",
                () -> {
                    try {
                        store.find(any);
                        return Optional.empty();
                    } catch (StoreFailure e) {
                        return Optional.of(String.valueOf(e.getMessage()));
                    }
                });
    }

    private static ReadinessCheck watching(SpoolWatcher spool) {
        return new ReadinessCheck(
                "spool",
                () ->
                        spool.state().watching()
                                ? Optional.empty()
                                : Optional.of("nobody takes files in"));
    }

    /// Whether a key that does not sign is tolerated, is up to the configuration: answers signed
    /// before are still served.
    private static List<ReadinessCheck> signing(
            ServerConfig config, List<KeptCredential> credentials, CredentialUpkeep upkeep) {
        AdminConfig.SigningReadiness needed =
                config.admin().map(AdminConfig::signing).orElse(AdminConfig.SigningReadiness.ALL);
        BooleanSupplier tolerated =
                switch (needed) {
                    case ALL -> () -> false;
                    case ANY ->
                            () -> credentials.stream().anyMatch(it -> upkeep.problem(it).isEmpty());
                    case IGNORE -> () -> true;
                };
        return credentials.stream()
                .map(
                        credential ->
                                new ReadinessCheck(
                                        "signing " + credential.issuer(),
                                        () ->
                                                upkeep.problem(credential)
                                                        .map(
                                                                why ->
                                                                        why
                                                                                + " (answers signed"
                                                                                + " before are"
                                                                                + " still served)"),
                                        tolerated))
                .toList();
    }

    private record Running(OcspHttpServer http, Reloader reloader, Started started)
            implements RunningResponder {
        @Override
        public List<InetSocketAddress> addresses() {
            return http.addresses();
        }

        @Override
        public void reload() {
            reloader.request();
        }

        @Override
        public void close() {
            started.close();
        }
    }

    private record Offline(
            ServerConfig config,
            FedIssuer.Directory issuers,
            Feeds feeds,
            LoggedCertificates loggedCertificates,
            InstantSource clock)
            implements Services.Configured {
        // Read once, in order: a cache saves little.
        private static final long SCRATCH_CACHE_BYTES = 16 << 20;

        @Override
        public Set<IssuerKey> alertOnly() {
            return LogWiring.alertOnly(config, issuers);
        }

        @Override
        public SpoolConfig spool() {
            return config.spool();
        }

        @Override
        public Services.OpenedStore openStore() throws StoreLocked {
            return AuditWiring.offline(config, keys(issuers), clock);
        }

        @Override
        public Services.OpenedStore openForDryRun() {
            Optional<String> doubt = storeDoubt();
            if (doubt.isPresent()) {
                throw new StoreFailure(doubt.get(), null);
            }
            if (RocksStores.exists(config.store())) {
                return Services.OpenedStore.of(RocksStores.openReadOnly(config.store()));
            }
            return Services.OpenedStore.of(RocksStores.openTemporary(SCRATCH_CACHE_BYTES));
        }

        @Override
        public Services.StatusView openView() {
            return Services.StatusView.of(RocksStores.openReadOnly(config.store()));
        }

        @Override
        public Optional<String> storeDoubt() {
            return AuditWiring.doubt(config);
        }

        @Override
        public StatusStore openScratch(Path directory) {
            try {
                return RocksStores.open(new RocksConfig(directory, SCRATCH_CACHE_BYTES));
            } catch (StoreLocked e) {
                throw new StoreFailure(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public Optional<String> ownAddress(FedIssuer issuer) {
            return config.issuers().stream()
                    .filter(it -> it.name().equals(issuer.name()) && it.credential().isPresent())
                    .map(_ -> OwnAddress.of(config.http()))
                    .findFirst();
        }
    }
}
