package org.precertocsp.responder.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.audit.AuditLog;
import org.precertocsp.responder.audit.AuditService;
import org.precertocsp.responder.audit.AuditSettings;
import org.precertocsp.responder.audit.CheckpointSigner;
import org.precertocsp.responder.io.FileCopier;
import org.precertocsp.responder.io.FileRequests;
import org.precertocsp.responder.io.HostName;
import org.precertocsp.responder.io.ProcessLock;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.store.RocksStore;

/// Makes a backup: obtains a snapshot, from the server if one runs, and copies it. Used by one
/// thread.
public final class BackupWriter {
    private static final long SPARE_BYTES = 16 << 20;

    private final AuditSettings settings;
    private final Map<String, Path> dataDirectories;
    private final List<IssuerKey> issuers;
    private final String program;
    private final OptionalLong bytesPerSecond;
    private final InstantSource clock;

    /// @param dataDirectories of the server, by name: a backup must not lie in one of them
    /// @param program this version, for the manifest
    public BackupWriter(
            AuditSettings settings,
            Map<String, Path> dataDirectories,
            List<IssuerKey> issuers,
            String program,
            OptionalLong bytesPerSecond,
            InstantSource clock) {
        this.settings = settings;
        this.dataDirectories = dataDirectories;
        this.issuers = issuers;
        this.program = program;
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
    }

    /// What the caller does while the backup is made.
    public interface Listener {
        /// A load is in progress, or another command has the store open.
        ///
        /// @return false to give up
        boolean waiting();

        /// Copying begins.
        ///
        /// @return receives the bytes of each step
        LongConsumer copying(long bytes);
    }

    /// Makes a backup in a directory that is empty or does not exist.
    ///
    /// @return its manifest
    /// @throws BackupRefusedException the directory cannot take it, or another backup is in
    ///   progress
    /// @throws IOException it failed, and what was written of it is deleted; or it was given up
    public BackupManifest write(Path directory, Listener listener)
            throws IOException, BackupRefusedException {
        Path target = directory.toAbsolutePath().normalize();
        refuseUnlessEmpty(target);
        refuseInsideData(target);
        if (!RocksStore.exists(settings.store())) {
            throw new IOException(
                    "there is no store in %s, so there is nothing to back up"
                            .formatted(settings.store().directory()));
        }
        BackupState state = new BackupState(settings);
        try (ProcessLock _ = state.lock()) {
            try {
                BackupManifest made = copied(target, listener);
                state.succeeded(
                        new BackupState.Last(made.madeAt(), target.toString(), made.bytes()));
                return made;
            } catch (IOException | RuntimeException e) {
                state.failed(String.valueOf(e.getMessage()));
                throw e;
            } finally {
                Snapshot.remove(settings);
            }
        }
    }

    private static void refuseUnlessEmpty(Path target) throws IOException, BackupRefusedException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new BackupRefusedException(target + " is not a directory");
        }
        try (Stream<Path> files = Files.list(target)) {
            if (files.findAny().isPresent()) {
                throw new BackupRefusedException(
                        Files.exists(target.resolve(BackupManifest.FILE))
                                ? target + " has a backup already; name another directory"
                                : target
                                        + " is not empty; name another directory, or delete it if it"
                                        + " is the rest of a backup that was cut short");
            }
        }
    }

    private void refuseInsideData(Path target) throws BackupRefusedException {
        for (Map.Entry<String, Path> data : dataDirectories.entrySet()) {
            Path there = data.getValue().toAbsolutePath().normalize();
            if (target.startsWith(there) || there.startsWith(target)) {
                throw new BackupRefusedException(
                        "%s and the server's directory %s (%s) must lie apart: best on different machines"
                                .formatted(target, there, data.getKey()));
            }
        }
    }

    private BackupManifest copied(Path target, Listener listener)
            throws IOException, BackupRefusedException {
        Snapshot snapshot = snapshot(target, listener::waiting);
        CheckpointSigner signer = CheckpointSigner.read(settings.audit().keyFile());
        List<Source> sources = sources(snapshot);
        long bytes = sources.stream().mapToLong(Source::bytes).sum();
        refuseWithoutSpace(target, bytes);
        boolean existed = Files.exists(target);
        boolean complete = false;
        try {
            FileCopier copier = new FileCopier(bytesPerSecond, listener.copying(bytes));
            List<BackupManifest.Item> items = new ArrayList<>();
            for (Source source : sources) {
                items.add(copy(copier, source, target));
            }
            copier.sync(target);
            BackupManifest manifest = manifest(snapshot, signer, items);
            manifest.write(target, signer);
            complete = true;
            return manifest;
        } finally {
            if (!complete) {
                discard(target, existed);
            }
        }
    }

    private Snapshot snapshot(Path target, BooleanSupplier waiting) throws IOException {
        while (true) {
            Optional<Snapshot> snapshot = trySnapshot(target);
            if (snapshot.isPresent()) {
                return snapshot.get();
            }
            if (!waiting.getAsBoolean()) {
                throw new IOException(
                        "another command has the store open, or a load has not ended; no backup was"
                                + " made");
            }
        }
    }

    /// Empty if it is worth to try again.
    private Optional<Snapshot> trySnapshot(Path target) throws IOException {
        try (AuditService.Opened opened = AuditService.openAll(settings, issuers, clock)) {
            String user = System.getProperty("user.name", "unknown");
            return Snapshot.take(
                    settings,
                    opened,
                    clock,
                    "precert-ocsp backup (user %s)".formatted(user),
                    target.toString(),
                    Duration.ZERO);
        } catch (StoreLockedException _) {
            return requested(target);
        } catch (StoreException | AuditException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Optional<Snapshot> requested(Path target) throws IOException {
        try {
            return BackupMonitor.request(settings, target);
        } catch (FileRequests.NotTaken _) {
            // A command that has the store open and will end, or a server that is just starting.
            return Optional.empty();
        }
    }

    /// A file to be copied.
    ///
    /// @param bytes of it that belong to the backup
    private record Source(Path file, String name, long bytes) {}

    private List<Source> sources(Snapshot snapshot) throws IOException {
        List<Source> all = new ArrayList<>();
        add(Snapshot.store(settings), "store", all);
        addLog(Snapshot.events(settings), "audit/events", snapshot.events(), all);
        addLog(Snapshot.signatures(settings), "audit/signatures", snapshot.signatures(), all);
        Path damaged = settings.audit().directory().resolve("damaged");
        if (Files.isDirectory(damaged)) {
            try (Stream<Path> logs = Files.list(damaged)) {
                for (Path log : logs.filter(Files::isDirectory).sorted().toList()) {
                    add(log, "audit/damaged/" + log.getFileName(), all);
                }
            }
        }
        Path alerts = settings.newestSetDirectory().resolve("alerts.json");
        if (Files.exists(alerts)) {
            all.add(new Source(alerts, "alerts/alerts.json", Files.size(alerts)));
        }
        return all;
    }

    private static void add(Path directory, String name, List<Source> all) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String full = name + "/" + file.getFileName();
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && BackupManifest.isName(full)) {
                    all.add(new Source(file, full, Files.size(file)));
                }
            }
        }
    }

    private static void addLog(Path directory, String name, AuditLog.Copy copy, List<Source> all)
            throws IOException {
        List<Source> files = new ArrayList<>();
        add(directory, name, files);
        String newest = name + "/" + copy.newest();
        files.replaceAll(
                it -> it.name().equals(newest) ? new Source(it.file(), newest, copy.bytes()) : it);
        all.addAll(files);
    }

    private static void refuseWithoutSpace(Path target, long bytes) throws IOException {
        Path at = target;
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        long usable = Files.getFileStore(at).getUsableSpace();
        if (usable < bytes + SPARE_BYTES) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "the backup has %,d MB, and the volume of %s has only %,d MB left: free"
                                    + " space there, or name a directory on another volume",
                            bytes / 1_000_000 + 1,
                            at,
                            usable / 1_000_000));
        }
    }

    private static BackupManifest.Item copy(FileCopier copier, Source source, Path target)
            throws IOException {
        boolean replaced = source.name().equals("alerts/alerts.json");
        FileCopier.Copied copied =
                copier.copy(
                        source.file(),
                        target.resolve(source.name()),
                        // Replaced as a whole, perhaps by a longer one.
                        replaced ? Long.MAX_VALUE : source.bytes());
        if (!replaced && copied.bytes() != source.bytes()) {
            throw new IOException(
                    "%s has %d bytes instead of %d: it was changed while it was copied"
                            .formatted(source.file(), copied.bytes(), source.bytes()));
        }
        return new BackupManifest.Item(source.name(), copied.bytes(), copied.sha256());
    }

    private BackupManifest manifest(
            Snapshot snapshot, CheckpointSigner signer, List<BackupManifest.Item> items) {
        return new BackupManifest(
                BackupManifest.FORMAT,
                UUID.randomUUID(),
                snapshot.at(),
                program,
                HostName.get(),
                settings.audit().name(),
                signer.verifier(settings.audit().eventsOrigin()).key().toHex(),
                settings.configSha256().toHex(),
                snapshot.newestSet(),
                snapshot.events().records(),
                snapshot.signatures().records(),
                items);
    }

    private static void discard(Path target, boolean existed) throws IOException {
        if (!Files.isDirectory(target)) {
            return;
        }
        try (Stream<Path> parts = Files.list(target)) {
            for (Path part : parts.toList()) {
                if (Files.isDirectory(part, LinkOption.NOFOLLOW_LINKS)) {
                    Snapshot.remove(part);
                } else {
                    Files.delete(part);
                }
            }
        }
        if (!existed) {
            Files.deleteIfExists(target);
        }
    }
}
