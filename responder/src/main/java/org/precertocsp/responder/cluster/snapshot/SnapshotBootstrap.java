package org.precertocsp.responder.cluster.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.SnapshotPosition;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.io.FileCopier;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.RowTables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fills the store of a node that is about to start from the newest snapshot that can be verified
/// and from which the log goes on. Used by one thread, before the store serves anybody.
///
/// That is for an empty store, and for an edge's that missed what the log has deleted meanwhile. An
/// authority with such a store stops instead: its audit log belongs to that store.
public final class SnapshotBootstrap {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotBootstrap.class);

    /// Snapshots tried, so that a directory full of bad ones ends.
    private static final int MOST_TRIED = 10;

    private static final Duration LOG_WAIT = Duration.ofSeconds(60);
    private static final Duration LOG_PAUSE = Duration.ofSeconds(1);
    private static final long SPARE_BYTES = 64 << 20;
    private static final long PROGRESS_NANOS = Duration.ofSeconds(10).toNanos();

    private final ClusterConfig cluster;
    private final RocksStore store;
    private final ReplicatedStore replica;
    private final StatusLog log;
    private final Duration logWait;

    private SnapshotBootstrap(
            ClusterConfig cluster,
            RocksStore store,
            ReplicatedStore replica,
            StatusLog log,
            Duration logWait) {
        this.cluster = cluster;
        this.store = store;
        this.replica = replica;
        this.log = log;
        this.logWait = logWait;
    }

    /// What was done.
    public sealed interface Outcome {
        /// The store can follow the log as it is.
        record NotNeeded() implements Outcome {}

        /// It has the rows of a snapshot.
        record Taken(String name, SnapshotManifest manifest) implements Outcome {}

        /// It has what it had, and the log does not go on from there.
        ///
        /// @param why with the reason why each snapshot was not taken
        record Behind(String why) implements Outcome {}
    }

    /// Fills the store if it needs that. Blocks until the rows are on disk.
    ///
    /// @param replica the same store
    /// @param alarm receives why a store stays behind
    /// @throws IOException the store is empty, the log does not begin at its beginning, and there
    ///   is no snapshot to take; the message says what to do
    public static Outcome run(
            ClusterConfig cluster,
            RocksStore store,
            ReplicatedStore replica,
            StatusLog log,
            Alarm alarm)
            throws IOException {
        Outcome outcome;
        try {
            outcome = run(cluster, store, replica, log, LOG_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before the store was filled", e);
        }
        if (outcome instanceof Outcome.Behind(String why)) {
            LOG.error("no snapshot was taken: {}", why);
            alarm.raise(new Incident(Incident.Kind.SNAPSHOT_FAILED, cluster.name(), why));
        } else if (cluster.role() == ClusterConfig.Role.EDGE) {
            alarm.end(Incident.Kind.SNAPSHOT_FAILED, cluster.name());
        }
        return outcome;
    }

    static Outcome run(
            ClusterConfig cluster,
            RocksStore store,
            ReplicatedStore replica,
            StatusLog log,
            Duration logWait)
            throws IOException, InterruptedException {
        return new SnapshotBootstrap(cluster, store, replica, log, logWait).run();
    }

    private Outcome run() throws IOException, InterruptedException {
        Optional<SnapshotPosition> has = replica.position().map(SnapshotPosition::of);
        return has.isPresent() ? runFilled(has.get()) : runEmpty();
    }

    private Outcome runFilled(SnapshotPosition has) throws InterruptedException {
        Optional<String> gap;
        try {
            gap = has.objection(log, cluster);
        } catch (LogUnavailableException e) {
            // It answers what it may, and the follower tries again.
            LOG.warn("the log of the cluster cannot be read yet: {}", e.getMessage());
            return new Outcome.NotNeeded();
        }
        if (gap.isEmpty()) {
            return new Outcome.NotNeeded();
        }
        String why =
                "this node has %s, and the log does not go on from there: %s"
                        .formatted(has, gap.get());
        if (cluster.role() == ClusterConfig.Role.AUTHORITY) {
            return new Outcome.Behind(
                    why
                            + ". Restore a backup that is newer, or begin this authority with an empty"
                            + " store and audit log, and a snapshot of another one");
        }
        List<String> reasons = new ArrayList<>();
        Optional<Outcome> taken = take(Optional.of(has), reasons);
        return taken.orElseGet(() -> new Outcome.Behind(why + ". " + advice(reasons)));
    }

    private Outcome runEmpty() throws IOException, InterruptedException {
        Optional<String> gap = awaitLog();
        List<String> reasons = new ArrayList<>();
        Optional<Outcome> taken = take(Optional.empty(), reasons);
        if (taken.isPresent()) {
            return taken.get();
        }
        if (gap.isPresent()) {
            throw new IOException(
                    "the store is empty, and the log no longer has what it would begin with (%s). %s"
                            .formatted(gap.get(), advice(reasons)));
        }
        if (!reasons.isEmpty()) {
            LOG.info(
                    "no snapshot, so the log is read from its beginning: {}",
                    String.join("; ", reasons));
        }
        return new Outcome.NotNeeded();
    }

    private String advice(List<String> reasons) {
        String remedy =
                "make one at an authority (precert-ocsp cluster snapshot), and start this node again";
        return reasons.isEmpty()
                ? "A snapshot helps: name cluster.snapshots.directory or url; if there is none, "
                        + remedy
                : "No snapshot could be taken: %s. If none is well, %s"
                        .formatted(String.join("; ", reasons), remedy);
    }

    /// @return why an empty store cannot follow the log
    private Optional<String> awaitLog() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + logWait.toNanos();
        while (true) {
            try {
                return SnapshotPosition.START.objection(log, cluster);
            } catch (LogUnavailableException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException(
                            "the store is empty, and the log of the cluster cannot be read: %s. See: precert-ocsp cluster check"
                                    .formatted(e.getMessage()),
                            e);
                }
                Thread.sleep(LOG_PAUSE);
            }
        }
    }

    /// @param reasons receives why each snapshot was not taken
    private Optional<Outcome> take(Optional<SnapshotPosition> has, List<String> reasons)
            throws InterruptedException {
        if (cluster.snapshots().isEmpty()) {
            return Optional.empty();
        }
        try (SnapshotSource source = SnapshotSource.of(cluster.snapshots().get().location())) {
            List<String> names = source.names();
            if (names.isEmpty()) {
                reasons.add("%s has none".formatted(source.describe("")));
            }
            for (String name : names.subList(0, Math.min(MOST_TRIED, names.size()))) {
                try {
                    return Optional.of(
                            new Outcome.Taken(source.describe(name), take(source, name, has)));
                } catch (InvalidSnapshotException e) {
                    LOG.error("a snapshot is not taken: {}", e.getMessage());
                    reasons.add(String.valueOf(e.getMessage()));
                } catch (IOException | StoreException | LogUnavailableException e) {
                    LOG.error("snapshot {} could not be taken", source.describe(name), e);
                    reasons.add("%s: %s".formatted(source.describe(name), e.getMessage()));
                }
            }
        } catch (IOException e) {
            reasons.add(String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private SnapshotManifest take(
            SnapshotSource source, String name, Optional<SnapshotPosition> has)
            throws IOException,
                    InterruptedException,
                    InvalidSnapshotException,
                    LogUnavailableException {
        long begin = System.nanoTime();
        SnapshotManifest manifest = manifest(source, name, cluster);
        SnapshotPosition end = manifest.end();
        if (has.isPresent()
                && (end.generation() < has.get().generation()
                        || end.sequence() < has.get().sequence())) {
            throw new InvalidSnapshotException(
                    "%s ends with %s, and this node has %s already"
                            .formatted(source.describe(name), end, has.get()));
        }
        Optional<String> gap = end.objection(log, cluster);
        if (gap.isPresent()) {
            throw new InvalidSnapshotException(
                    "%s ends with %s, and the log does not go on from there (%s): it is too old, or of another log"
                            .formatted(source.describe(name), end, gap.get()));
        }
        List<RowTables.Source> tables = fetch(source, name, manifest);
        boolean own = manifest.authority().equals(cluster.name());
        store.replaceRows(tables, end.encoded(), own ? manifest.mark() : Optional.empty());
        LOG.info(
                "began with snapshot {} of authority {}: {}, {} rows, in {} ms",
                source.describe(name),
                manifest.authority(),
                end,
                manifest.rows(),
                Duration.ofNanos(System.nanoTime() - begin).toMillis());
        return manifest;
    }

    /// Reads and verifies the manifest of a snapshot.
    static SnapshotManifest manifest(SnapshotSource source, String name, ClusterConfig cluster)
            throws IOException, InterruptedException, InvalidSnapshotException {
        byte[] content = source.small(name, SnapshotManifest.FILE, SnapshotManifest.MAX_BYTES);
        byte[] signature =
                source.small(
                        name,
                        SnapshotManifest.SIGNATURE_FILE,
                        SnapshotManifest.MAX_SIGNATURE_BYTES);
        return SnapshotManifest.read(
                source.describe(name), content, signature, cluster.authorityKeys());
    }

    /// Copies the tables this node needs into the store's directory, each with the right hash.
    private List<RowTables.Source> fetch(
            SnapshotSource source, String name, SnapshotManifest manifest)
            throws IOException, InterruptedException, InvalidSnapshotException {
        boolean all = cluster.role() == ClusterConfig.Role.AUTHORITY;
        List<SnapshotManifest.Item> items =
                manifest.files().stream().filter(it -> all || it.answers()).toList();
        long bytes = items.stream().mapToLong(SnapshotManifest.Item::bytes).sum();
        refuseWithoutSpace(bytes);
        FileCopier copier = new FileCopier(OptionalLong.empty(), new Progress(name, bytes)::add);
        List<RowTables.Source> tables = new ArrayList<>();
        for (SnapshotManifest.Item item : items) {
            Path to = store.temporaryFile("fetched-" + item.name());
            FileCopier.Copied copied =
                    // One byte more shows that a file is too long.
                    source.copy(name, item.name(), to, item.bytes() + 1, copier);
            if (copied.bytes() != item.bytes() || !copied.sha256().equals(item.sha256())) {
                Files.deleteIfExists(to);
                throw new InvalidSnapshotException(
                        ("%s/%s is not what authority %s wrote: it has %d bytes or more and SHA-256 %s"
                                        + " instead of %d and %s. Use another snapshot, and find out who"
                                        + " or what changed this one")
                                .formatted(
                                        source.describe(name),
                                        item.name(),
                                        manifest.authority(),
                                        copied.bytes(),
                                        copied.sha256(),
                                        item.bytes(),
                                        item.sha256()));
            }
            tables.add(new RowTables.Source(item.name(), to));
        }
        return tables;
    }

    private void refuseWithoutSpace(long bytes) throws IOException {
        Path at = store.directory();
        long usable = Files.getFileStore(at).getUsableSpace();
        if (usable < bytes + SPARE_BYTES) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "it has %,d MB, and the volume of %s has only %,d MB left: free space there",
                            bytes / 1_000_000 + 1,
                            at,
                            usable / 1_000_000));
        }
    }

    /// Logs how far a copy is, now and then.
    private static final class Progress {
        private final String name;
        private final long all;
        private long done;
        private long logged = System.nanoTime();

        Progress(String name, long all) {
            this.name = name;
            this.all = all;
        }

        void add(long bytes) {
            done += bytes;
            long now = System.nanoTime();
            if (now - logged > PROGRESS_NANOS) {
                logged = now;
                LOG.info("snapshot {}: {} of {} MB", name, done / 1_000_000, all / 1_000_000);
            }
        }
    }
}
