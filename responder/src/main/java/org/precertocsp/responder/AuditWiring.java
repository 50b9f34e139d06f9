package org.precertocsp.responder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.admin.ReadinessCheck;
import org.precertocsp.responder.admin.overview.Overview;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.audit.door.ChangeRecorder;
import org.precertocsp.responder.audit.door.EventLog;
import org.precertocsp.responder.audit.door.NewestSet;
import org.precertocsp.responder.audit.door.StoreRecovery;
import org.precertocsp.responder.audit.journal.SignatureJournal;
import org.precertocsp.responder.audit.keep.Pruning;
import org.precertocsp.responder.audit.keep.Retention;
import org.precertocsp.responder.audit.keep.Term;
import org.precertocsp.responder.audit.log.Anchor;
import org.precertocsp.responder.audit.log.AuditLog;
import org.precertocsp.responder.audit.log.Head;
import org.precertocsp.responder.audit.log.LogSettings;
import org.precertocsp.responder.audit.seal.SealKey;
import org.precertocsp.responder.audit.verify.IntegrityMonitor;
import org.precertocsp.responder.audit.verify.KeyFile;
import org.precertocsp.responder.audit.verify.Known;
import org.precertocsp.responder.audit.verify.LogVerifier;
import org.precertocsp.responder.audit.verify.Problem;
import org.precertocsp.responder.cli.Services;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.ChangeListener;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.IssuerCertificate;
import org.precertocsp.signer.SigningJournal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [Wiring]'s part for what is recorded: events, the write door, signatures, and their monitor.
final class AuditWiring {
    private static final Logger LOG = LoggerFactory.getLogger(AuditWiring.class);

    private static final String SELF = "precert-ocsp";

    /// What alerts about the store are about.
    static final String STORE = "status store";

    private static final String LOG_AT_START = "audit log";

    // A bulk load leaves hundreds of megabytes to compress; a start is in a hurry.
    private static final Duration PACK_AFTER = Duration.ofSeconds(30);

    private static final Duration REMEMBER_EVERY = Duration.ofSeconds(5);

    private static final Duration REPAIR_EVERY = Duration.ofSeconds(2);

    private final ServerConfig config;
    private final RocksStores store;
    private final Alarm alarm;
    private final InstantSource clock;
    private final AuditLog.OnDamage onDamage;
    private final BackgroundTasks tasks;
    private final SealKey key;
    private final EventLog events;

    /// Without a server.
    private AuditWiring(ServerConfig config, RocksStores store, InstantSource clock)
            throws IOException {
        this(
                config,
                store,
                Alarm.LOGGED,
                AuditLog.OnDamage.REFUSE,
                BackgroundTasks.logged(),
                clock);
    }

    private AuditWiring(
            ServerConfig config,
            RocksStores store,
            Alarm alarm,
            AuditLog.OnDamage onDamage,
            BackgroundTasks tasks,
            InstantSource clock)
            throws IOException {
        this.tasks = tasks;
        this.config = config;
        this.store = store;
        this.alarm = alarm;
        this.clock = clock;
        this.onDamage = onDamage;
        this.key = key();
        this.events =
                EventLog.open(
                        carry ->
                                settings(
                                        config.audit().events(),
                                        config.audit().eventsOrigin(),
                                        carry),
                        onDamage);
    }

    /// For a server: compares log and store, records that it starts, and what with.
    ///
    /// @param newStore the operator says that the store is right, though the log recorded more
    /// @throws IOException the log's key cannot be read or made
    /// @throws AuditFailure the log cannot be written
    /// @throws StoreFailure the store lacks what the log recorded
    static AuditWiring serving(
            ServerConfig config,
            RocksStores store,
            List<IssuerKey> issuers,
            boolean newStore,
            Alarm alarm,
            BackgroundTasks tasks,
            InstantSource clock,
            Started started)
            throws IOException {
        AuditWiring wiring;
        try {
            wiring =
                    new AuditWiring(
                            config, store, alarm, AuditLog.OnDamage.BEGIN_ANEW, tasks, clock);
        } catch (IOException | AuditFailure e) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.AUDIT_FAILED,
                            LOG_AT_START,
                            "the server does not start: " + e.getMessage()));
            throw e;
        }
        alarm.end(Incident.Kind.AUDIT_FAILED, LOG_AT_START);
        started.closeLater(wiring.events);
        wiring.compareWithStore(issuers, newStore);
        wiring.rememberNewestSet(started);
        started.closeLater(wiring::recordStop);
        wiring.record(AuditEvent.Kind.START, Map.of("process", ownProcess()));
        wiring.record(
                AuditEvent.Kind.CONFIGURATION,
                Map.of(
                        "file", config.source().file().toString(),
                        "sha256", config.source().sha256().toHex()));
        return wiring;
    }

    private void recordStop() {
        record(AuditEvent.Kind.STOP, Map.of("process", ownProcess()));
    }

    private static String ownProcess() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private void record(AuditEvent.Kind kind, Map<String, String> details) {
        events.record(new AuditEvent(kind, SELF, details));
    }

    /// Refuses to create a store where the audit log knows of one: its volume may not be mounted.
    ///
    /// @throws StoreFailure there is no store, and the log recorded changes
    static void expectStore(ServerConfig config, boolean newStore, Alarm alarm) {
        if (newStore || RocksStores.exists(config.store())) {
            return;
        }
        try {
            StoreRecovery recovery = new StoreRecovery(config.audit().events(), Optional.empty());
            String lost = lost(config, recovery.compare());
            if (lost.isEmpty()) {
                lost = forgotten(config, Optional.empty()).orElse("");
            }
            if (!lost.isEmpty()) {
                throw stateLost(lost, alarm);
            }
        } catch (IOException e) {
            throw new StoreFailure(
                    "there is no store in %s, and what it must have cannot be read from the audit log:"
                                    .formatted(config.store().directory())
                            + " "
                            + e.getMessage(),
                    e);
        }
    }

    /// Why what a command reads in the store is not to be believed, while a server runs, too;
    /// changes nothing. Empty if the store has all that the audit log recorded.
    static Optional<String> doubt(ServerConfig config) {
        try {
            Optional<CommitMark> mark = mark(config);
            StoreRecovery.Comparison comparison =
                    StoreRecovery.glance(config.audit().events(), mark);
            boolean isUnderWay =
                    comparison instanceof StoreRecovery.Comparison.Behind behind
                            && (behind.onlyNewest() || !mark(config).equals(mark));
            // A server at work compared the two when it started.
            return comparison instanceof StoreRecovery.Comparison.InStep || isUnderWay
                    ? forgotten(config, mark)
                    : Optional.of(fact(config, comparison) + ". " + remedy(config, comparison));
        } catch (StoreFailure | IOException e) {
            return Optional.of(
                    "whether the store has all that the audit log recorded cannot be told: "
                            + e.getMessage());
        }
    }

    private static Optional<CommitMark> mark(ServerConfig config) {
        if (!RocksStores.exists(config.store())) {
            return Optional.empty();
        }
        try (RocksStores store = RocksStores.openReadOnly(config.store())) {
            return store.commitMark();
        }
    }

    /// Store and log must tell of the same newest set before anything is answered or changed.
    private void compareWithStore(List<IssuerKey> issuers, boolean newStore) throws IOException {
        Optional<String> forgotten =
                newStore || events.log().begunAnew()
                        ? Optional.empty()
                        : forgotten(config, store.commitMark());
        if (forgotten.isPresent()) {
            throw stateLost(forgotten.get(), alarm);
        }
        StoreRecovery recovery = recovery();
        StoreRecovery.Comparison comparison = recovery.settle(events);
        if (comparison instanceof StoreRecovery.Comparison.InStep) {
            alarm.end(Incident.Kind.STATE_LOST, STORE);
            return;
        }
        if (comparison instanceof StoreRecovery.Comparison.Behind behind && behind.onlyNewest()) {
            recovery.replay(events, store, issuers, SELF, _ -> {});
            raise(
                    "newest set in the status store",
                    "the store in %s lacked the newest set of changes in the audit log (%d changes,"
                                    .formatted(config.store().directory(), behind.changes())
                            + " recorded at %s). It was applied again, and answers are right. Unless"
                                    .formatted(behind.since())
                            + " process or machine died at that moment, the disk lost data: check"
                            + " it and look for I/O errors in the system's log");
            return;
        }
        String lost = lost(config, comparison);
        if (!newStore) {
            throw stateLost(lost, alarm);
        }
        recovery.adopt(events, "serve --new-store");
        raise(
                "new status store",
                "Because of --new-store the server uses a store that is not the one the audit log"
                        + " knows: "
                        + fact(config, comparison)
                        + ". Serials that it lacks are not answered, revocations that it lacks are"
                        + " answered good: load all files again unless that is meant");
    }

    /// What neither store nor audit log knows, though the alerts' folder does.
    private static Optional<String> forgotten(ServerConfig config, Optional<CommitMark> mark)
            throws IOException {
        return newestSet(config)
                .missing(config.audit().events(), mark)
                .map(
                        set ->
                                ("the store in %s and the audit log in %s are both %s: they do not have"
                                                + " the newest set of changes, remembered at %s in"
                                                + " %s. Nothing is answered until that is mended."
                                                + " Mount their volumes or restore the newest backup"
                                                + " of all folders together. Only if changes after"
                                                + " the backup are lost for good, start with:"
                                                + " precert-ocsp serve --new-store -c %s, and load"
                                                + " everything again that came after it,"
                                                + " revocations first")
                                        .formatted(
                                                config.store().directory(),
                                                config.audit().directory(),
                                                mark.isEmpty()
                                                        ? "empty or missing"
                                                        : "of an earlier state",
                                                set.at(),
                                                newestSetFile(config),
                                                config.source().file()));
    }

    private static NewestSet newestSet(ServerConfig config) {
        return new NewestSet(newestSetFile(config));
    }

    private static Path newestSetFile(ServerConfig config) {
        return config.alerts().directory().resolve("newest-set");
    }

    /// Remembers the newest set in a third place: now, every few seconds and at the end.
    void rememberNewestSet(Started started) {
        NewestSet remembered = newestSet(config);
        BackgroundTasks.Body keep = () -> remembered.keep(store.commitMark(), clock.instant());
        Runnable quietly =
                () -> {
                    try {
                        keep.run();
                    } catch (Exception e) {
                        LOG.warn(
                                "the newest set of changes cannot be remembered in {}: {}",
                                newestSetFile(config),
                                e.toString());
                    }
                };
        quietly.run();
        started.closeLater(quietly::run);
        started.closeLater(tasks.every("newest-set", REMEMBER_EVERY, REMEMBER_EVERY, keep));
    }

    private StoreRecovery recovery() {
        return new StoreRecovery(config.audit().events(), store.commitMark());
    }

    /// Of what is over, and stays to be acknowledged.
    private void raise(String about, String what) {
        alarm.raise(new Incident(Incident.Kind.STATE_LOST, about, what));
    }

    private static StoreFailure stateLost(String what, Alarm alarm) {
        alarm.raise(new Incident(Incident.Kind.STATE_LOST, STORE, what));
        return new StoreFailure(what, null);
    }

    /// What is wrong and how it is mended, for a person who must do it now; empty if nothing is.
    private static String lost(ServerConfig config, StoreRecovery.Comparison comparison) {
        return comparison instanceof StoreRecovery.Comparison.InStep
                ? ""
                : "%s. Nothing is answered until that is mended. %s. Only if the store is meant to be used as it is: precert-ocsp serve --new-store -c %s"
                        .formatted(
                                fact(config, comparison),
                                remedy(config, comparison),
                                config.source().file());
    }

    private static String remedy(ServerConfig config, StoreRecovery.Comparison comparison) {
        String file = config.source().file().toString();
        return switch (comparison) {
            case StoreRecovery.Comparison.InStep _ -> "";
            case StoreRecovery.Comparison.Behind behind ->
                    (behind.empty()
                                    ? "Mount its volume or restore a backup; to rebuild it"
                                            + " from the audit log, run"
                                    : "To bring them back, run")
                            + ": precert-ocsp audit replay -c %s (with --dry-run to look first)"
                                    .formatted(file);
            case StoreRecovery.Comparison.Unrelated _ ->
                    "Restore both from one backup, then run: precert-ocsp audit verify -c " + file;
        };
    }

    private static String fact(ServerConfig config, StoreRecovery.Comparison comparison) {
        String store = config.store().directory().toString();
        return switch (comparison) {
            case StoreRecovery.Comparison.InStep _ -> "";
            case StoreRecovery.Comparison.Behind behind when behind.empty() ->
                    "the store in %s is empty, though the audit log recorded %s: its volume may not be mounted"
                            .formatted(store, amount(behind));
            case StoreRecovery.Comparison.Behind behind ->
                    "the store in %s lacks %s that the audit log recorded: it was put back to an earlier state, or its disk lost them"
                            .formatted(store, amount(behind));
            case StoreRecovery.Comparison.Unrelated unrelated ->
                    "the store in %s and the audit log in %s do not belong together: %s"
                            .formatted(store, config.audit().directory(), unrelated.why());
        };
    }

    private static String amount(StoreRecovery.Comparison.Behind behind) {
        return "%d sets with %d changes between %s and %s"
                .formatted(behind.sets(), behind.changes(), behind.since(), behind.until());
    }

    /// A store written to without a server; closing it closes store and log.
    static Services.OpenedStore offline(
            ServerConfig config, List<IssuerKey> issuers, InstantSource clock) throws StoreLocked {
        expectStore(config, false, Alarm.LOGGED);
        RocksStores store = RocksStores.open(config.store());
        try {
            AuditWiring wiring = new AuditWiring(config, store, clock);
            try {
                wiring.compareWithStore(issuers, false);
                return wiring.opened();
            } catch (IOException | RuntimeException e) {
                wiring.events.close();
                throw e;
            }
        } catch (StoreFailure e) {
            store.close();
            throw e;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw new StoreFailure("the audit log cannot be opened: " + e.getMessage(), e);
        }
    }

    /// Records without a server. Log and store belong to this process for as long as that takes:
    /// while another has them, nothing is recorded, and what should have been does not happen.
    static AuditTrail trailOffline(ServerConfig config, InstantSource clock) {
        return event -> {
            try {
                expectStore(config, false, Alarm.LOGGED);
                recordOffline(config, clock, event);
            } catch (StoreLocked | StoreFailure | IOException e) {
                throw new AuditFailure(
                        "this cannot be recorded in the audit log: " + e.getMessage(), e);
            }
        };
    }

    private static void recordOffline(ServerConfig config, InstantSource clock, AuditEvent event)
            throws StoreLocked, IOException {
        try (RocksStores store = RocksStores.open(config.store());
                EventLog events = new AuditWiring(config, store, clock).events) {
            events.record(event);
        }
    }

    /// For `audit replay`: brings the store what the log recorded.
    ///
    /// @param progress told of changes as they are applied
    /// @throws StoreLocked a server or a load has the store open
    /// @throws IOException the log cannot be read
    /// @throws StoreFailure the store cannot be written
    /// @throws AuditFailure the log is not what was written
    static StoreRecovery.Replayed replay(
            ServerConfig config,
            FedIssuer.Directory fed,
            InstantSource clock,
            LongConsumer progress)
            throws StoreLocked, IOException {
        try (RocksStores store = RocksStores.openDamaged(config.store())) {
            AuditWiring wiring = new AuditWiring(config, store, clock);
            try (EventLog events = wiring.events) {
                verify(events.log());
                StoreRecovery recovery = wiring.recovery();
                if (recovery.settle(events)
                        instanceof StoreRecovery.Comparison.Unrelated unrelated) {
                    throw new StoreFailure(lost(config, unrelated), null);
                }
                return recovery.replay(
                        events,
                        store,
                        fed.issuers().stream().map(FedIssuer::key).toList(),
                        "precert-ocsp audit replay",
                        progress);
            }
        }
    }

    /// Only what is as it was written may be applied.
    private static void verify(AuditLog log) throws IOException {
        Head head = log.head();
        Known known = new Known("this process", head.size(), head.root(), Optional.empty());
        Optional<Problem> problem =
                new LogVerifier(log.folder(), head.verifier(), true)
                        .verify(List.of(known), _ -> {}).problems().stream()
                                .filter(it -> !it.where().equals(Problem.BEGINNING))
                                .findFirst();
        if (problem.isPresent()) {
            throw new AuditFailure(
                    "the audit log is not what was written, so nothing is applied from it: "
                            + problem.get(),
                    null);
        }
    }

    /// Records every change of the store.
    ChangeListener recorder() {
        return new ChangeRecorder(events);
    }

    private Services.OpenedStore opened() {
        return new Services.OpenedStore(
                new ChangeWriter(store, List.of(recorder())), this::closeLogAndStore);
    }

    private void closeLogAndStore() {
        try {
            events.close();
        } finally {
            store.close();
        }
    }

    /// When the newest record of earlier runs was written.
    Optional<Instant> newestBefore() {
        return events.newestBefore();
    }

    /// Records that the clock is right, though records of that time were made before.
    void clockAccepted(Instant newest) {
        record(AuditEvent.Kind.CLOCK_ACCEPTED, Map.of("newest", newest.toString()));
    }

    AuditTrail trail() {
        return events;
    }

    /// For `audit prune`.
    ///
    /// @throws IOException the log's key cannot be read
    static Pruning pruning(
            ServerConfig config, RocksStores store, FedIssuer.Directory fed, InstantSource clock)
            throws IOException {
        AuditWiring wiring = new AuditWiring(config, store, clock);
        SignatureJournal journal;
        try {
            journal = wiring.journal(Optional::empty);
        } catch (AuditFailure e) {
            wiring.events.close();
            throw e;
        }
        return new Pruning(
                List.of(wiring.events.log(), journal.log()),
                retention(store, fed, clock),
                () -> {
                    journal.close();
                    wiring.closeLogAndStore();
                });
    }

    /// For `audit prune --dry-run`.
    ///
    /// @param store open for reading
    static Pruning pruningPreview(
            ServerConfig config, RocksStores store, FedIssuer.Directory fed, InstantSource clock) {
        return Pruning.preview(
                List.of(config.audit().events(), config.audit().signatures()),
                retention(store, fed, clock),
                store::close);
    }

    private static Retention retention(
            RocksStores store, FedIssuer.Directory fed, InstantSource clock) {
        return new Retention(fed.issuers().stream().map(AuditWiring::term).toList(), store, clock);
    }

    private static Term term(FedIssuer issuer) {
        Instant end =
                issuer.certificates().stream()
                        .map(IssuerCertificate::notAfter)
                        .max(Instant::compareTo)
                        .orElseThrow();
        return new Term(
                issuer.name(),
                issuer.key(),
                end,
                issuer.profile().retentionPastExpiry().orElse(Duration.ZERO));
    }

    /// @param refusal why no signature may be made now, or empty
    private SignatureJournal journal(Supplier<Optional<String>> refusal) {
        return SignatureJournal.open(
                carry ->
                        settings(
                                config.audit().signatures(),
                                config.audit().signaturesOrigin(),
                                carry),
                events,
                config.audit().pending(),
                refusal,
                onDamage);
    }

    /// @param journal what signatures are taken down in
    /// @param state of both logs, and what their monitor found; does not wait
    /// @param checks whether they can be written
    record Watched(
            SigningJournal journal, Supplier<Overview.Audit> state, List<ReadinessCheck> checks) {}

    /// Begins to take signatures down and to watch both logs.
    ///
    /// @param refusal why no signature may be made now, or empty
    Watched watched(Supplier<Optional<String>> refusal, Started started) {
        SignatureJournal journal = started.closeLater(journal(refusal));
        IntegrityMonitor.Plan plan =
                new IntegrityMonitor.Plan(config.audit().checkNew(), config.audit().checkAll());
        List<AuditLog> logs = List.of(events.log(), journal.log());
        IntegrityMonitor monitor =
                started.closeLater(
                        IntegrityMonitor.start(tasks, logs, keyBeside(), plan, alarm, clock));
        started.closeLater(
                tasks.every("audit-repair", REPAIR_EVERY, () -> logs.forEach(AuditLog::repair)));
        return new Watched(
                journal,
                () -> state(logs, monitor.state()),
                List.of(
                        new ReadinessCheck("audit log", events.log()::problem),
                        new ReadinessCheck("signature journal", journal::problem)));
    }

    private static Overview.Audit state(List<AuditLog> logs, IntegrityMonitor.State checked) {
        return new Overview.Audit(
                logs.stream().map(AuditWiring::book).toList(),
                checked.checked(),
                checked.problems().stream().map(Problem::toString).toList());
    }

    private static Overview.Book book(AuditLog log) {
        Head head = log.head();
        return new Overview.Book(head.verifier().name(), head.size(), head.root(), log.sealedAt());
    }

    private Optional<KeyFile> keyBeside() {
        AuditConfig audit = config.audit();
        return audit.key().isPresent()
                ? Optional.empty()
                : Optional.of(new KeyFile(audit.name(), audit.keyFile(), true));
    }

    private LogSettings settings(Path folder, String origin, Supplier<Map<String, Object>> carry) {
        return new LogSettings(
                folder,
                origin,
                key,
                new InStore(store, origin),
                config.audit().segmentOctets(),
                carry,
                alarm,
                clock,
                PACK_AFTER,
                tasks,
                LogSettings.Disk.REAL);
    }

    private SealKey key() throws IOException {
        AuditConfig audit = config.audit();
        Path file = audit.keyFile();
        boolean missing = audit.key().isEmpty() && !Files.exists(file);
        if (missing
                && onDamage == AuditLog.OnDamage.REFUSE
                && store.checkpoint(audit.eventsOrigin()).isPresent()) {
            throw new AuditFailure(
                    "the audit log's key %s is gone. Nothing was changed. Put the folder back from a"
                                    .formatted(file)
                            + " backup, or start the server, which begins another log and raises an"
                            + " alert",
                    null);
        }
        if (!Files.isDirectory(audit.directory())) {
            Files.createDirectories(
                    audit.directory(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        if (missing) {
            return SealKey.create(file);
        }
        try {
            return SealKey.read(file);
        } catch (IOException e) {
            if (audit.key().isPresent()) {
                throw e;
            }
            throw new IOException(
                    e.getMessage()
                            + ". If it was made by the server before, restore it from a backup, or"
                            + " move it away: then serve begins another log, with an alert",
                    e);
        }
    }

    /// Beside the statuses.
    private record InStore(RocksStores store, String log) implements Anchor {
        @Override
        public Optional<String> kept() {
            return store.checkpoint(log);
        }

        @Override
        public void keep(String anchor) {
            store.keepCheckpoint(log, anchor);
        }

        @Override
        public long published() {
            return Anchor.published(store.checkpoint(Anchor.publishedOf(log)));
        }

        @Override
        public void keepPublished(long records) {
            store.keepCheckpoint(Anchor.publishedOf(log), Long.toString(records));
        }
    }
}
