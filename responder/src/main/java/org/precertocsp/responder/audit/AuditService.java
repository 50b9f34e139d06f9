package org.precertocsp.responder.audit;

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
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.status.ChangeListener;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;

/// The audit log: events, the recorded write path to the store, the signature journal, and the
/// monitor of both logs.
public final class AuditService {
    private static final String SELF = "precert-ocsp";

    private static final String LOG_AT_START = "audit log";

    // A bulk load leaves hundreds of megabytes to compress, and the start must not be delayed.
    private static final Duration PACK_AFTER = Duration.ofSeconds(30);

    private static final Duration REPAIR_EVERY = Duration.ofSeconds(2);

    private final AuditSettings settings;
    private final RocksStore store;
    private final Alarm alarm;
    private final InstantSource clock;
    private final AuditLog.OnDamage onDamage;
    private final BackgroundTasks tasks;
    private final CheckpointSigner key;
    private final boolean storeKnewLog;
    private final AuditEventLog events;

    /// For use without a server.
    private AuditService(AuditSettings settings, RocksStore store, InstantSource clock)
            throws IOException {
        this(
                settings,
                store,
                Alarm.LOGGED,
                AuditLog.OnDamage.REFUSE,
                BackgroundTasks.logged(),
                clock);
    }

    private AuditService(
            AuditSettings settings,
            RocksStore store,
            Alarm alarm,
            AuditLog.OnDamage onDamage,
            BackgroundTasks tasks,
            InstantSource clock)
            throws IOException {
        this.tasks = tasks;
        this.settings = settings;
        this.store = store;
        this.alarm = alarm;
        this.clock = clock;
        this.onDamage = onDamage;
        this.key = key();
        this.storeKnewLog = new StateCheck(settings, alarm).knowsLog(store);
        this.events =
                AuditEventLog.open(
                        carry ->
                                settings(
                                        settings.audit().events(),
                                        settings.audit().eventsOrigin(),
                                        carry),
                        onDamage);
    }

    /// Opens the event log of a server, compares it with the store, and records the start and the
    /// configuration. A store whose changes come from the log of a cluster has read it by then.
    ///
    /// @param newStore the operator declares the store correct, though the log recorded more
    /// @throws IOException the log's key cannot be read or made
    /// @throws AuditException the log cannot be written
    /// @throws StoreException the store lacks changes that the log recorded
    public static AuditService open(
            AuditSettings settings,
            RocksStore store,
            List<IssuerKey> issuers,
            boolean newStore,
            Alarm alarm,
            BackgroundTasks tasks,
            InstantSource clock,
            Lifecycle life)
            throws IOException {
        AuditService audit;
        try {
            audit =
                    new AuditService(
                            settings, store, alarm, AuditLog.OnDamage.BEGIN_ANEW, tasks, clock);
        } catch (IOException | AuditException e) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.AUDIT_FAILED,
                            LOG_AT_START,
                            "the server does not start: " + e.getMessage()));
            throw e;
        }
        alarm.end(Incident.Kind.AUDIT_FAILED, LOG_AT_START);
        life.closeLater(audit.events);
        StateCheck check = new StateCheck(settings, alarm);
        check.compare(
                audit.events,
                store,
                audit.storeKnewLog,
                issuers,
                newStore,
                settings.replicated()
                        ? StateCheck.Interrupted.VOID
                        : StateCheck.Interrupted.APPLIED_AGAIN);
        check.rememberNewestSet(store, clock, tasks, life);
        life.closeLater(audit::recordStop);
        check.reportRestore(audit.events);
        audit.record(AuditEvent.Kind.START, Map.of("process", ownProcess()));
        audit.record(
                AuditEvent.Kind.CONFIGURATION,
                Map.of(
                        "file", settings.configFile().toString(),
                        "sha256", settings.configSha256().toHex()));
        return audit;
    }

    private void compareOffline(List<IssuerKey> issuers) throws IOException {
        new StateCheck(settings, Alarm.LOGGED)
                .compare(
                        events,
                        store,
                        storeKnewLog,
                        issuers,
                        false,
                        settings.replicated()
                                ? StateCheck.Interrupted.LEFT
                                : StateCheck.Interrupted.APPLIED_AGAIN);
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

    /// Store and logs opened without a server. To be closed.
    ///
    /// @param signatures of the same configuration
    public record Opened(
            RocksStore store, AuditTrail trail, AuditLog events, SignatureJournal signatures)
            implements AutoCloseable {
        @Override
        public void close() {
            // In the opposite order of opening; each is closed whatever happens to the others.
            try (store;
                    AuditLog _ = events;
                    SignatureJournal _ = signatures) {
                // Nothing remains to be done.
            }
        }
    }

    /// Opens store and logs without a server, in order to copy them.
    ///
    /// @throws StoreLockedException a server or a load has the store open
    /// @throws StoreException the store cannot be opened, or lacks changes that the log recorded
    /// @throws AuditException the log was modified or damaged
    /// @throws IOException the log cannot be read
    public static Opened openAll(
            AuditSettings settings, List<IssuerKey> issuers, InstantSource clock)
            throws StoreLockedException, IOException {
        StateCheck check = new StateCheck(settings, Alarm.LOGGED);
        check.expectStore(false);
        RocksStore store = RocksStore.open(settings.store());
        try {
            AuditService audit = new AuditService(settings, store, clock);
            try {
                audit.compareOffline(issuers);
                SignatureJournal signatures = audit.journal(Optional::empty);
                return new Opened(store, audit.events, audit.events.log(), signatures);
            } catch (IOException | RuntimeException e) {
                audit.events.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /// Checks that a restored store and its logs belong together, and records in both logs that
    /// they were restored.
    ///
    /// @param settings of the copies, with the key of the log; their directory of the newest set
    ///   has none
    /// @param details of the backup; see [AuditEventLog#MADE_AT]
    /// @throws IOException log or key cannot be read
    /// @throws StoreException the store cannot be opened, or lacks changes that the log recorded
    /// @throws AuditException the log was modified or damaged
    public static void restored(
            AuditSettings settings,
            List<IssuerKey> issuers,
            InstantSource clock,
            String who,
            Map<String, String> details)
            throws StoreLockedException, IOException {
        try (RocksStore store = RocksStore.open(settings.store())) {
            AuditService audit = new AuditService(settings, store, clock);
            try (AuditEventLog events = audit.events) {
                audit.compareOffline(issuers);
                events.record(new AuditEvent(AuditEvent.Kind.RESTORED, who, details));
                SignatureJournal.restored(
                        carry ->
                                audit.settings(
                                        settings.audit().signatures(),
                                        settings.audit().signaturesOrigin(),
                                        carry),
                        details);
            }
        }
    }

    /// As [#restored], for a store alone beside the log that was not lost. Later changes in the log
    /// are to be replayed.
    ///
    /// @throws StoreException also if the log does not have the newest set of the store
    public static StoreRecovery.Comparison restoredBesideLog(
            AuditSettings settings, InstantSource clock, String who, Map<String, String> details)
            throws StoreLockedException, IOException {
        try (RocksStore store = RocksStore.open(settings.store())) {
            // First, since the log of another store would be taken for one that was changed.
            StateCheck check = new StateCheck(settings, Alarm.LOGGED);
            StoreRecovery.Comparison comparison = check.recovery(store).compare();
            if (comparison instanceof StoreRecovery.Comparison.Unrelated unrelated) {
                throw new StoreException(
                        "the backup and the audit log in %s do not belong together: %s"
                                .formatted(settings.audit().directory(), unrelated.why()),
                        null);
            }
            try (AuditEventLog events = new AuditService(settings, store, clock).events) {
                events.record(new AuditEvent(AuditEvent.Kind.RESTORED, who, details));
                return comparison;
            }
        }
    }

    /// Opens a store for writing without a server; closing it closes store and log.
    public static RecordedStore offline(
            AuditSettings settings, List<IssuerKey> issuers, InstantSource clock)
            throws StoreLockedException {
        StateCheck check = new StateCheck(settings, Alarm.LOGGED);
        check.expectStore(false);
        RocksStore store = RocksStore.open(settings.store());
        try {
            AuditService audit = new AuditService(settings, store, clock);
            try {
                audit.compareOffline(issuers);
                return new RecordedStore(
                        new ChangeWriter(store, List.of(audit.recorder())),
                        audit::closeLogAndStore);
            } catch (IOException | RuntimeException e) {
                audit.events.close();
                throw e;
            }
        } catch (StoreException e) {
            store.close();
            throw e;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw new StoreException("the audit log cannot be opened: " + e.getMessage(), e);
        }
    }

    /// Records without a server. Log and store belong to this process meanwhile: while another
    /// process has them, nothing is recorded, and the action to be recorded does not happen.
    public static AuditTrail trailOffline(AuditSettings settings, InstantSource clock) {
        return event -> {
            try {
                new StateCheck(settings, Alarm.LOGGED).expectStore(false);
                recordOffline(settings, clock, event);
            } catch (StoreLockedException | StoreException | IOException e) {
                throw new AuditException(
                        "this cannot be recorded in the audit log: " + e.getMessage(), e);
            }
        };
    }

    private static void recordOffline(AuditSettings settings, InstantSource clock, AuditEvent event)
            throws StoreLockedException, IOException {
        try (RocksStore store = RocksStore.open(settings.store());
                AuditEventLog events = new AuditService(settings, store, clock).events) {
            events.record(event);
        }
    }

    /// For `audit replay`: applies to the store the changes that the log recorded.
    ///
    /// @param progress receives the number of changes as they are applied
    /// @throws StoreLockedException a server or a load has the store open
    /// @throws IOException the log cannot be read
    /// @throws StoreException the store cannot be written
    /// @throws AuditException the log was modified or damaged
    public static StoreRecovery.Replayed replay(
            AuditSettings settings,
            List<IssuerKey> issuers,
            InstantSource clock,
            LongConsumer progress)
            throws StoreLockedException, IOException {
        try (RocksStore store = RocksStore.openDamaged(settings.store())) {
            AuditService audit = new AuditService(settings, store, clock);
            try (AuditEventLog events = audit.events) {
                verify(events.log());
                StateCheck check = new StateCheck(settings, Alarm.LOGGED);
                StoreRecovery recovery = check.recovery(store);
                if (recovery.settle(events)
                        instanceof StoreRecovery.Comparison.Unrelated unrelated) {
                    throw new StoreException(check.lost(unrelated), null);
                }
                return recovery.replay(
                        events, store, issuers, "precert-ocsp audit replay", progress);
            }
        }
    }

    /// Only an unmodified log may be applied.
    private static void verify(AuditLog log) throws IOException {
        AuditTreeHead head = log.head();
        KnownTreeHead known =
                new KnownTreeHead("this process", head.size(), head.root(), Optional.empty());
        Optional<LogProblem> problem =
                new LogVerifier(log.folder(), head.verifier(), true)
                        .verify(List.of(known), _ -> {}).problems().stream()
                                .filter(it -> !it.where().equals(LogProblem.BEGINNING))
                                .findFirst();
        if (problem.isPresent()) {
            throw new AuditException(
                    "the audit log is not what was written, so nothing is applied from it: "
                            + problem.get(),
                    null);
        }
    }

    /// Records every change before it reaches the store.
    public ChangeListener recorder() {
        return new ChangeRecorder(events);
    }

    /// A store opened without a server.
    ///
    /// @param writer records every change before it reaches the store
    public record RecordedStore(StatusWriter writer, Runnable closing) {}

    private void closeLogAndStore() {
        try {
            events.close();
        } finally {
            store.close();
        }
    }

    /// The time of the newest record of earlier runs.
    public Optional<Instant> newestBefore() {
        return events.newestBefore();
    }

    /// Records that an operator confirmed the clock, though there are records with later times.
    public void clockAccepted(Instant newest) {
        record(AuditEvent.Kind.CLOCK_ACCEPTED, Map.of("newest", newest.toString()));
    }

    public AuditTrail trail() {
        return events;
    }

    /// For `audit prune`.
    ///
    /// @throws IOException the log's key cannot be read
    public static LogPruner pruning(
            AuditSettings settings,
            RocksStore store,
            List<IssuerRetention> terms,
            InstantSource clock)
            throws IOException {
        AuditService audit = new AuditService(settings, store, clock);
        SignatureJournal journal;
        try {
            journal = audit.journal(Optional::empty);
        } catch (AuditException e) {
            audit.events.close();
            throw e;
        }
        return new LogPruner(
                List.of(audit.events.log(), journal.log()),
                new RetentionPolicy(terms, store, clock),
                () -> {
                    journal.close();
                    audit.closeLogAndStore();
                });
    }

    /// For `audit prune --dry-run`.
    ///
    /// @param store open for reading
    public static LogPruner pruningPreview(
            AuditSettings settings,
            RocksStore store,
            List<IssuerRetention> terms,
            InstantSource clock) {
        return LogPruner.preview(
                List.of(settings.audit().events(), settings.audit().signatures()),
                new RetentionPolicy(terms, store, clock),
                store::close);
    }

    /// @param refusal why no signature may be made now, or empty
    private SignatureJournal journal(Supplier<Optional<String>> refusal) {
        return SignatureJournal.open(
                carry ->
                        settings(
                                settings.audit().signatures(),
                                settings.audit().signaturesOrigin(),
                                carry),
                events,
                settings.audit().pending(),
                refusal,
                onDamage);
    }

    /// The signature journal and the monitor of both logs, while the server runs.
    public record Journal(
            AuditLog events, SignatureJournal signatures, LogIntegrityMonitor monitor) {
        /// The event log first.
        public List<AuditLog> logs() {
            return List.of(events, signatures.log());
        }
    }

    /// Opens the signature journal and starts to check both logs.
    ///
    /// @param refusal why no signature may be made now, or empty
    public Journal openJournal(Supplier<Optional<String>> refusal, Lifecycle life) {
        SignatureJournal journal = life.closeLater(journal(refusal));
        LogIntegrityMonitor.Plan plan =
                new LogIntegrityMonitor.Plan(
                        settings.audit().checkNew(), settings.audit().checkAll());
        List<AuditLog> logs = List.of(events.log(), journal.log());
        LogIntegrityMonitor monitor =
                life.closeLater(
                        LogIntegrityMonitor.start(tasks, logs, keyBeside(), plan, alarm, clock));
        life.closeLater(
                tasks.every("audit-repair", REPAIR_EVERY, () -> logs.forEach(AuditLog::repair)));
        return new Journal(events.log(), journal, monitor);
    }

    private Optional<CheckpointKeyFile> keyBeside() {
        AuditConfig audit = settings.audit();
        return audit.key().isPresent()
                ? Optional.empty()
                : Optional.of(new CheckpointKeyFile(audit.name(), audit.keyFile(), true));
    }

    private AuditLogConfig settings(
            Path folder, String origin, Supplier<Map<String, Object>> carry) {
        return new AuditLogConfig(
                folder,
                origin,
                key,
                new InStore(store, origin),
                settings.audit().segmentBytes(),
                carry,
                alarm,
                clock,
                PACK_AFTER,
                tasks,
                AuditLogConfig.Disk.REAL);
    }

    private CheckpointSigner key() throws IOException {
        AuditConfig audit = settings.audit();
        Path file = audit.keyFile();
        boolean missing = audit.key().isEmpty() && !Files.exists(file);
        if (missing
                && onDamage == AuditLog.OnDamage.REFUSE
                && store.checkpoint(audit.eventsOrigin()).isPresent()) {
            throw new AuditException(
                    "the audit log's key %s is gone. Nothing was changed. Put the directory back from a"
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
            return CheckpointSigner.create(file);
        }
        try {
            return CheckpointSigner.read(file);
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

    /// Stores the checkpoint beside the statuses.
    private record InStore(RocksStore store, String log) implements CheckpointStore {
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
            return CheckpointStore.published(store.checkpoint(CheckpointStore.publishedOf(log)));
        }

        @Override
        public void keepPublished(long records) {
            store.keepCheckpoint(CheckpointStore.publishedOf(log), Long.toString(records));
        }
    }
}
