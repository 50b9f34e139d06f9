package org.precertocsp.responder.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.audit.AuditService;
import org.precertocsp.responder.audit.AuditSettings;
import org.precertocsp.responder.audit.CheckpointSigner;
import org.precertocsp.responder.audit.CheckpointVerifier;
import org.precertocsp.responder.audit.LogVerificationResult;
import org.precertocsp.responder.audit.OfflineLogVerifier;
import org.precertocsp.responder.audit.StateCheck.CommitMarkFile;
import org.precertocsp.responder.audit.StoreRecovery;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.io.FileCopier;
import org.precertocsp.responder.io.ProcessLock;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;

/// Restores a backup into the directories of a configuration whose store is empty. Used by one
/// thread.
///
/// Everything is copied into a directory `restoring` inside the store's and the audit log's
/// directory, verified, opened and recorded there; only then is it put in place, by renames. The
/// last of them is that of the store's file CURRENT, without which there is no store. So a failure
/// leaves nothing. After a crash the server does not start, and another restore deletes what the
/// first one put in place, by the list that was written before the first rename, and begins again.
public final class BackupRestorer {
    private static final String RESTORING = "restoring";
    private static final String CURRENT = "CURRENT";

    /// In the store's stage from the first rename on: the log directories that are put in place.
    private static final String PLACING = "placing";

    /// What RocksDB writes, except [#CURRENT].
    private static final Pattern STORE_FILE =
            Pattern.compile("\\d+\\.(sst|log)|(MANIFEST|OPTIONS)-\\d+|IDENTITY|LOCK|LOG.*|bulk");

    /// What `mkfs` leaves in the root of a volume.
    private static final String LOST_FOUND = "lost+found";

    /// The parts of the audit directory that a backup has.
    private static final List<String> LOGS = List.of("damaged", "signatures", "events");

    private static final long SPARE_BYTES = 64 << 20;

    /// What the operator decided.
    ///
    /// @param storeOnly keep the audit log that is there, and restore the store beside it
    /// @param acceptOlder restore though changes newer than the backup are known to be lost
    /// @param auditKeyLost the key of the audit log does not exist any more
    public record Options(boolean storeOnly, boolean acceptOlder, boolean auditKeyLost) {}

    /// @param problems that `audit verify` reports of the restored logs
    /// @param lacking what the store lacks of an audit log that was kept, to be replayed
    public record Result(
            BackupManifest manifest,
            List<String> problems,
            Optional<StoreRecovery.Comparison.Behind> lacking) {
        public Result {
            problems = List.copyOf(problems);
        }

        /// Of a backup that was only verified.
        public static Result checked(BackupManifest manifest) {
            return new Result(manifest, List.of(), Optional.empty());
        }
    }

    private final Path backup;
    private final AuditSettings settings;
    private final List<IssuerKey> issuers;
    private final Options options;
    private final InstantSource clock;
    private final Path store;
    private final Path storeStage;
    private final Path audit;
    private final Path auditStage;

    public BackupRestorer(
            Path backup,
            AuditSettings settings,
            List<IssuerKey> issuers,
            Options options,
            InstantSource clock) {
        this.backup = backup.toAbsolutePath().normalize();
        this.settings = settings;
        this.issuers = issuers;
        this.options = options;
        this.clock = clock;
        this.store = settings.store().directory();
        this.storeStage = RocksStore.restoring(settings.store());
        this.audit = settings.audit().directory();
        this.auditStage = audit.resolve(RESTORING);
    }

    /// Reads the manifest, and verifies its signature with the key of the configured audit log.
    ///
    /// @throws BackupRefusedException it is incomplete, damaged, newer, or signed by another key
    public BackupManifest manifest() throws IOException, BackupRefusedException {
        BackupManifest manifest = BackupManifest.read(backup, key());
        if (!manifest.logName().equals(settings.audit().name())) {
            throw new BackupRefusedException(
                    "the backup is of an audit log with the name %s, and the configuration says %s: set audit.name to %s"
                            .formatted(
                                    manifest.logName(),
                                    settings.audit().name(),
                                    manifest.logName()));
        }
        return manifest;
    }

    private Optional<CheckpointVerifier> key() throws IOException, BackupRefusedException {
        if (options.auditKeyLost()) {
            return Optional.empty();
        }
        Path file = settings.audit().keyFile();
        try {
            return Optional.of(
                    CheckpointSigner.read(file).verifier(settings.audit().eventsOrigin()));
        } catch (NoSuchFileException _) {
            throw new BackupRefusedException(
                    "the key of the audit log, %s, is not there. No backup contains it: put it back from where you keep keys. If it does not exist any more, add --audit-key-lost: then the restored audit log is put aside when the server starts, and another one is begun"
                            .formatted(file));
        }
    }

    /// Compares every file of the backup with the manifest.
    ///
    /// @param progress receives the bytes of each step
    /// @throws BackupRefusedException a file is missing or damaged
    public void verify(BackupManifest manifest, LongConsumer progress)
            throws IOException, BackupRefusedException {
        FileCopier reader = new FileCopier(OptionalLong.empty(), progress);
        for (BackupManifest.Item item : manifest.files()) {
            try {
                compare(item, reader.hash(backup.resolve(item.name())));
            } catch (NoSuchFileException _) {
                throw missing(item);
            }
        }
    }

    private BackupRefusedException missing(BackupManifest.Item item) {
        return new BackupRefusedException(
                "%s is missing. The backup is not complete: use another one, or copy it here again"
                        .formatted(backup.resolve(item.name())));
    }

    private void compare(BackupManifest.Item item, FileCopier.Copied found)
            throws BackupRefusedException {
        if (found.bytes() != item.bytes() || !found.sha256().equals(item.sha256())) {
            throw new BackupRefusedException(
                    "%s is damaged: it has %d bytes with SHA-256 %s, and %d bytes with %s were written. Use another backup, or copy it here again"
                            .formatted(
                                    backup.resolve(item.name()),
                                    found.bytes(),
                                    found.sha256(),
                                    item.bytes(),
                                    item.sha256()));
        }
    }

    /// Restores the backup.
    ///
    /// @param manifest of [#manifest]
    /// @param progress receives the bytes of each step
    /// @throws BackupRefusedException the backup is damaged, or must not be restored here; nothing
    ///   was changed
    /// @throws IOException it failed; what was written is deleted
    public Result restore(BackupManifest manifest, LongConsumer progress)
            throws IOException, BackupRefusedException {
        try (ProcessLock _ = new BackupState(settings).lock()) {
            removeHalfRestored();
            refuseUnlessEmpty();
            refuseWithoutSpace(manifest);
            boolean hadStore = Files.exists(store);
            boolean hadAudit = Files.exists(audit);
            boolean done = false;
            try {
                Result result = stageAndPlace(manifest, progress);
                done = true;
                return result;
            } catch (StoreLockedException | StoreException | AuditException e) {
                throw new IOException(e.getMessage(), e);
            } finally {
                if (!done) {
                    removeHalfRestored();
                    removeCreated(store, hadStore);
                    removeCreated(audit, hadAudit);
                }
            }
        }
    }

    private Result stageAndPlace(BackupManifest manifest, LongConsumer progress)
            throws IOException, BackupRefusedException, StoreLockedException {
        stage(manifest, progress);
        Optional<CommitMark> newest = newestSet(manifest);
        Optional<CommitMarkFile.Remembered> lost = refuseIfNewerIsKnown(manifest, newest);
        Optional<StoreRecovery.Comparison.Behind> lacking = record(manifest, lost);
        boolean isVerifiable = !options.storeOnly() && !options.auditKeyLost();
        List<String> problems = isVerifiable ? problems() : List.of();
        DurableFile.write(
                storeStage.resolve(PLACING),
                (String.join("\n", stagedLogs()) + "\n").getBytes(StandardCharsets.UTF_8));
        if (!options.storeOnly()) {
            placeLogs();
            placeAlerts();
            CommitMarkFile.in(settings).keep(newest, clock.instant());
        }
        placeStore();
        Snapshot.remove(auditStage);
        return new Result(manifest, problems, lacking);
    }

    private boolean isWanted(BackupManifest.Item item) {
        return item.isIn("store") || !options.storeOnly();
    }

    private void stage(BackupManifest manifest, LongConsumer progress)
            throws IOException, BackupRefusedException {
        DurableFile.createDirectory(storeStage);
        if (!options.storeOnly()) {
            DurableFile.createDirectory(auditStage);
        }
        FileCopier copier = new FileCopier(OptionalLong.empty(), progress);
        for (BackupManifest.Item item : manifest.files()) {
            if (isWanted(item)) {
                try {
                    compare(
                            item,
                            copier.copy(backup.resolve(item.name()), staged(item), Long.MAX_VALUE));
                } catch (NoSuchFileException _) {
                    throw missing(item);
                }
            }
        }
        copier.sync(storeStage);
        if (!options.storeOnly()) {
            copier.sync(auditStage);
        }
    }

    private Path staged(BackupManifest.Item item) {
        int slash = item.name().indexOf('/');
        String rest = item.name().substring(slash + 1);
        return switch (item.name().substring(0, slash)) {
            case "store" -> storeStage.resolve(rest);
            case "audit" -> auditStage.resolve(rest);
            default -> auditStage.resolve(item.name());
        };
    }

    /// Opens the restored store, which checks its format, and compares its newest set with that of
    /// the manifest.
    private Optional<CommitMark> newestSet(BackupManifest manifest)
            throws BackupRefusedException, StoreLockedException {
        StoreConfig staged = new StoreConfig(storeStage, settings.store().cacheBytes());
        try (RocksStore restored = RocksStore.open(staged)) {
            Optional<CommitMark> newest = restored.commitMark();
            Optional<CommitMark> listed =
                    manifest.newestSet()
                            .map(it -> new CommitMark(it.set(), ByteString.ofHex(it.mark())));
            if (!newest.equals(listed)) {
                throw new BackupRefusedException(
                        "the store in %s is not the one its manifest describes: use another backup"
                                .formatted(backup));
            }
            return newest;
        }
    }

    /// A third place may remember a newer set than the backup has: then changes are lost, which
    /// somebody must accept (invariant 10).
    private Optional<CommitMarkFile.Remembered> refuseIfNewerIsKnown(
            BackupManifest manifest, Optional<CommitMark> newest)
            throws IOException, BackupRefusedException {
        if (options.storeOnly()) {
            return Optional.empty();
        }
        Optional<CommitMarkFile.Remembered> lost =
                CommitMarkFile.in(settings).missing(auditStage.resolve("events"), newest);
        if (lost.isPresent() && !options.acceptOlder()) {
            throw new BackupRefusedException(
                    "this server had changes until %s, and the backup has those until %s: revocations between are lost and their serials would be answered good. If the audit log of this server still exists, put it in %s and restore the store alone (--store-only), then nothing is lost. Otherwise use the newest backup, add --accept-older, and load everything again that came after it, revocations first"
                            .formatted(lost.get().at(), manifest.madeAt(), audit));
        }
        return lost;
    }

    private Optional<StoreRecovery.Comparison.Behind> record(
            BackupManifest manifest, Optional<CommitMarkFile.Remembered> lost)
            throws IOException, StoreLockedException {
        if (options.auditKeyLost() && !options.storeOnly()) {
            // Nothing can be appended to the log. The server puts it aside and says so.
            return Optional.empty();
        }
        String who =
                "precert-ocsp restore (user %s)"
                        .formatted(System.getProperty("user.name", "unknown"));
        Map<String, String> details = new HashMap<>();
        details.put("backup", manifest.id().toString());
        details.put("directory", backup.toString());
        details.put("host", manifest.host());
        lost.ifPresent(it -> details.put("lostUntil", it.at().toString()));
        if (options.storeOnly()) {
            details.put("storeMadeAt", manifest.madeAt().toString());
            return AuditService.restoredBesideLog(staged(settings.audit()), clock, who, details)
                            instanceof StoreRecovery.Comparison.Behind behind
                    ? Optional.of(behind)
                    : Optional.empty();
        }
        details.put("madeAt", manifest.madeAt().toString());
        AuditService.restored(staged(stagedAudit()), issuers, clock, who, details);
        return Optional.empty();
    }

    private AuditSettings staged(AuditConfig logs) {
        return new AuditSettings(
                logs,
                new StoreConfig(storeStage, settings.store().cacheBytes()),
                // Without a newest set: that was compared already.
                storeStage,
                settings.configFile(),
                settings.configSha256(),
                settings.replicated());
    }

    private AuditConfig stagedAudit() {
        AuditConfig configured = settings.audit();
        return new AuditConfig(
                auditStage,
                Optional.of(configured.keyFile()),
                configured.name(),
                configured.segmentBytes(),
                configured.checkNew(),
                configured.checkAll());
    }

    private List<String> problems() throws IOException {
        StoreConfig staged = new StoreConfig(storeStage, settings.store().cacheBytes());
        List<String> problems = new ArrayList<>();
        try (RocksStore restored = RocksStore.openReadOnly(staged)) {
            for (LogVerificationResult log :
                    new OfflineLogVerifier(stagedAudit(), restored::checkpoint)
                            .run(Optional.empty(), _ -> {})) {
                log.problems().forEach(it -> problems.add(it.toString()));
            }
        }
        return problems;
    }

    /// Names and identities: a renamed directory keeps its own.
    private List<String> stagedLogs() throws IOException {
        List<String> logs = new ArrayList<>();
        for (String log : LOGS) {
            if (Files.isDirectory(auditStage.resolve(log))) {
                logs.add(identified(auditStage, log));
            }
        }
        return logs;
    }

    private static String identified(Path directory, String log) throws IOException {
        Object key =
                Files.readAttributes(directory.resolve(log), BasicFileAttributes.class).fileKey();
        return log + " " + key;
    }

    private void placeLogs() throws IOException {
        for (String log : LOGS) {
            Path staged = auditStage.resolve(log);
            if (Files.isDirectory(staged)) {
                Files.deleteIfExists(audit.resolve(log));
                DurableFile.move(staged, audit.resolve(log));
            }
        }
    }

    /// Alerts that are there are newer, and stay.
    private void placeAlerts() throws IOException {
        Path alerts = settings.newestSetDirectory().resolve("alerts.json");
        Path staged = auditStage.resolve("alerts").resolve("alerts.json");
        if (!Files.exists(alerts) && Files.exists(staged)) {
            DurableFile.write(
                    alerts, Files.readAllBytes(staged), DurableFile.permissions("rw-------"));
        }
    }

    private void placeStore() throws IOException {
        try (Stream<Path> files = Files.list(storeStage)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (!name.equals(CURRENT) && !name.equals(PLACING)) {
                    Files.move(file, store.resolve(name));
                }
            }
        }
        DurableFile.syncDirectory(store);
        DurableFile.move(storeStage.resolve(CURRENT), store.resolve(CURRENT));
        Snapshot.remove(storeStage);
    }

    /// Deletes what a restore left that was cut short, and nothing else.
    private void removeHalfRestored() throws IOException {
        if (Files.exists(store.resolve(CURRENT))) {
            Snapshot.remove(storeStage);
            Snapshot.remove(auditStage);
            return;
        }
        Path placing = storeStage.resolve(PLACING);
        if (Files.exists(placing)) {
            List<String> placed = Files.readAllLines(placing);
            for (String log : LOGS) {
                if (Files.isDirectory(audit.resolve(log))
                        && placed.contains(identified(audit, log))) {
                    Snapshot.remove(audit.resolve(log));
                }
            }
            for (Path file : content(store)) {
                if (STORE_FILE.matcher(String.valueOf(file.getFileName())).matches()) {
                    Snapshot.remove(file);
                    Files.deleteIfExists(file);
                }
            }
        }
        Snapshot.remove(auditStage);
        // Last, since it has the list.
        Snapshot.remove(storeStage);
    }

    private static void removeCreated(Path directory, boolean existed) throws IOException {
        if (!existed && Files.isDirectory(directory) && content(directory).isEmpty()) {
            Files.delete(directory);
        }
    }

    private static List<Path> content(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(it -> !String.valueOf(it.getFileName()).equals(LOST_FOUND))
                    .toList();
        }
    }

    private void refuseUnlessEmpty() throws IOException, BackupRefusedException {
        if (!content(store).isEmpty()) {
            throw new BackupRefusedException(
                    "the store in %s is not empty, and a restore overwrites nothing. Stop the server and move the directory away first"
                            .formatted(store));
        }
        if (options.storeOnly()) {
            return;
        }
        for (String log : LOGS) {
            if (!content(audit.resolve(log)).isEmpty()) {
                throw new BackupRefusedException(
                        "there is an audit log in %s, and a restore overwrites nothing. If it is intact, restore the store alone with --store-only, and replay what it lacks: then nothing is lost. Otherwise move %s away first, all but key.pem"
                                .formatted(audit.resolve(log), audit));
            }
        }
    }

    private void refuseWithoutSpace(BackupManifest manifest) throws IOException {
        Map<FileStore, Long> needed = new HashMap<>();
        Map<FileStore, Path> where = new HashMap<>();
        for (BackupManifest.Item item : manifest.files()) {
            if (isWanted(item)) {
                Path at = item.isIn("store") ? store : audit;
                while (!Files.exists(at, LinkOption.NOFOLLOW_LINKS) && at.getParent() != null) {
                    at = at.getParent();
                }
                FileStore volume = Files.getFileStore(at);
                needed.merge(volume, item.bytes(), Long::sum);
                where.put(volume, at);
            }
        }
        for (Map.Entry<FileStore, Long> volume : needed.entrySet()) {
            long usable = volume.getKey().getUsableSpace();
            if (usable < volume.getValue() + SPARE_BYTES) {
                throw new IOException(
                        String.format(
                                Locale.ROOT,
                                "the volume of %s has %,d MB left, and the backup needs %,d MB there:"
                                        + " free space or enlarge it",
                                where.get(volume.getKey()),
                                usable / 1_000_000,
                                (volume.getValue() + SPARE_BYTES) / 1_000_000));
            }
        }
    }
}
