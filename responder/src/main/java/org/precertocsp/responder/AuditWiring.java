package org.precertocsp.responder;

import org.precertocsp.responder.admin.ReadinessCheck;
import org.precertocsp.responder.admin.overview.Overview;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.audit.door.AuditedStore;
import org.precertocsp.responder.audit.door.EventLog;
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
import org.precertocsp.responder.audit.verify.Problem;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.IssuerCertificate;
import org.precertocsp.signer.SigningJournal;

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
import java.util.function.Supplier;

/// [Wiring]'s part for what is recorded: events, the write door, signatures, and their monitor.
final class AuditWiring {
    private static final String SELF = "precert-ocsp";

    // A bulk load leaves hundreds of megabytes to compress; a start is in a hurry.
    private static final Duration PACK_AFTER = Duration.ofSeconds(30);

    private static final Duration REPAIR_EVERY = Duration.ofSeconds(2);

    private final ServerConfig config;
    private final RocksStores store;
    private final Alarm alarm;
    private final InstantSource clock;
    private final BackgroundTasks tasks;
    private final SealKey key;
    private final EventLog events;

    /// Without a server.
    private AuditWiring(ServerConfig config, RocksStores store, InstantSource clock)
            throws IOException {
        this(config, store, Alarm.LOGGED, BackgroundTasks.logged(), clock);
    }

    private AuditWiring(
            ServerConfig config,
            RocksStores store,
            Alarm alarm,
            BackgroundTasks tasks,
            InstantSource clock)
            throws IOException {
        this.tasks = tasks;
        this.config = config;
        this.store = store;
        this.alarm = alarm;
        this.clock = clock;
        this.key = key(config.audit());
        this.events =
                EventLog.open(
                        carry ->
                                settings(
                                        config.audit().events(),
                                        config.audit().eventsOrigin(),
                                        carry));
    }

    /// For a server: records that it starts, and what with.
    ///
    /// @throws IOException the log's key cannot be read or made
    /// @throws AuditFailure the log cannot be written
    static AuditWiring serving(
            ServerConfig config,
            RocksStores store,
            Alarm alarm,
            BackgroundTasks tasks,
            InstantSource clock,
            Started started)
            throws IOException {
        AuditWiring wiring = new AuditWiring(config, store, alarm, tasks, clock);
        started.closeLater(wiring.events);
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

    /// A store written to without a server; closing it closes store and log.
    static StatusStore offline(ServerConfig config, RocksStores store, InstantSource clock) {
        try {
            AuditWiring wiring = new AuditWiring(config, store, clock);
            return wiring.statuses();
        } catch (IOException | RuntimeException e) {
            store.close();
            throw new StoreFailure("the audit log cannot be opened: " + e.getMessage(), e);
        }
    }

    /// Records without a server. Log and store belong to this process for as long as that takes:
    /// while another has them, nothing is recorded, and what should have been does not happen.
    static AuditTrail trailOffline(ServerConfig config, InstantSource clock) {
        return event -> {
            try (RocksStores store = RocksStores.open(config.store());
                    EventLog events = new AuditWiring(config, store, clock).events) {
                events.record(event);
            } catch (StoreLocked | StoreFailure | IOException e) {
                throw new AuditFailure(
                        "this cannot be recorded in the audit log: " + e.getMessage(), e);
            }
        };
    }

    /// The store behind the write door.
    StatusStore statuses() {
        return new AuditedStore(store, events);
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
        SignatureJournal journal = wiring.journal();
        List<Term> terms = fed.issuers().stream().map(AuditWiring::term).toList();
        return new Pruning(
                List.of(wiring.events.log(), journal.log()),
                new Retention(terms, store, clock),
                () -> {
                    journal.close();
                    wiring.statuses().close();
                });
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

    private SignatureJournal journal() {
        return SignatureJournal.open(
                carry ->
                        settings(
                                config.audit().signatures(),
                                config.audit().signaturesOrigin(),
                                carry),
                events,
                config.audit().pending());
    }

    /// @param journal what signatures are taken down in
    /// @param state of both logs, and what their monitor found; does not wait
    /// @param checks whether they can be written
    record Watched(
            SigningJournal journal, Supplier<Overview.Audit> state, List<ReadinessCheck> checks) {}

    /// Begins to take signatures down and to watch both logs.
    Watched watched(Started started) {
        SignatureJournal journal = started.closeLater(journal());
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

    private static SealKey key(AuditConfig audit) throws IOException {
        if (!Files.isDirectory(audit.directory())) {
            Files.createDirectories(
                    audit.directory(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        Path file = audit.keyFile();
        return audit.key().isEmpty() && !Files.exists(file)
                ? SealKey.create(file)
                : SealKey.read(file);
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
        public void keepPublished(long records) {
            store.keepCheckpoint(Anchor.publishedOf(log), Long.toString(records));
        }
    }
}
