package org.precertocsp.responder.cluster.snapshot;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.SnapshotPosition;
import org.precertocsp.responder.io.FileRequests;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes an authority's snapshots when they are due, and for the command `cluster snapshot`.
/// [#age] is thread-safe.
public final class SnapshotMonitor implements AutoCloseable {
    /// What a server replies to the command.
    ///
    /// @param problem why there is no snapshot
    private record Reply(Optional<String> problem, Optional<Made> made) {}

    /// A complete snapshot, in brief.
    public record Made(
            String path, long generation, long sequence, long rows, int files, long bytes) {
        public static Made of(SnapshotWriter.Made made) {
            SnapshotManifest manifest = made.manifest();
            return new Made(
                    made.path().toString(),
                    manifest.generation(),
                    manifest.sequence(),
                    manifest.rows(),
                    manifest.files().size(),
                    manifest.bytes());
        }
    }

    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration RETRY = Duration.ofMinutes(10);
    private static final Duration TAKEN = Duration.ofSeconds(10);
    private static final long PROGRESS_NANOS = Duration.ofSeconds(10).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotMonitor.class);

    private final SnapshotDirectory directory;
    private final SnapshotWriter writer;
    private final String authority;
    private final Duration every;
    private final RocksStore store;
    private final FileRequests requests;
    private final Alarm alarm;
    private final InstantSource clock;
    private BackgroundTasks.@Nullable Task task;
    private Instant notBefore = Instant.MIN;
    private volatile Optional<Instant> newest;

    private SnapshotMonitor(
            ClusterConfig cluster,
            ClusterConfig.Snapshots config,
            Path folder,
            PrivateKey key,
            RocksStore store,
            Path requestDirectory,
            Alarm alarm,
            String program,
            InstantSource clock)
            throws IOException {
        this.directory = new SnapshotDirectory(folder);
        this.authority = cluster.name();
        this.writer = new SnapshotWriter(directory, authority, key, config.keep(), program, clock);
        this.every = config.every();
        this.store = store;
        this.requests = requests(requestDirectory);
        this.alarm = alarm;
        this.clock = clock;
        this.newest = directory.newest(authority);
    }

    /// Starts the task of an authority.
    ///
    /// @param key its cluster key
    /// @param requestDirectory in which commands put their requests, and which it owns
    /// @param program this version
    /// @throws IOException the directory of snapshots cannot be read
    public static SnapshotMonitor start(
            BackgroundTasks tasks,
            ClusterConfig cluster,
            PrivateKey key,
            RocksStore store,
            Path requestDirectory,
            Alarm alarm,
            String program,
            InstantSource clock)
            throws IOException {
        ClusterConfig.Snapshots config = cluster.snapshots().orElseThrow();
        SnapshotMonitor monitor =
                new SnapshotMonitor(
                        cluster,
                        config,
                        directory(config),
                        key,
                        store,
                        requestDirectory,
                        alarm,
                        program,
                        clock);
        monitor.task = tasks.every("cluster-snapshots", LOOK_EVERY, monitor::look);
        return monitor;
    }

    /// A snapshot that takes longer ends when the store is closed, and nothing of it is left.
    @Override
    public void close() {
        if (task != null) {
            task.close();
        }
    }

    /// Where an authority writes.
    public static Path directory(ClusterConfig.Snapshots config) {
        return switch (config.location()) {
            case ClusterConfig.Snapshots.Location.Directory(Path path) -> path;
            case ClusterConfig.Snapshots.Location.Web _ ->
                    throw new IllegalStateException("authorities write to a directory");
        };
    }

    private static FileRequests requests(Path directory) {
        return new FileRequests(directory, ".cluster-snapshot", ".cluster-snapshot-made");
    }

    /// The command's side: requests a snapshot from the server, and waits for it.
    ///
    /// @param atMost how long
    /// @throws FileRequests.NotTaken no server takes requests
    /// @throws IOException there is no snapshot; the message says why
    public static Made request(Path requestDirectory, Duration atMost) throws IOException {
        Reply reply =
                Json.MAPPER.readValue(
                        requests(requestDirectory).send(new byte[0], TAKEN, atMost), Reply.class);
        return reply.made()
                .orElseThrow(
                        () ->
                                new IOException(
                                        "the server wrote no snapshot: "
                                                + reply.problem().orElse("it does not say why")));
    }

    /// Time since the newest snapshot of this authority; empty if there is none.
    public Optional<Duration> age() {
        return newest.map(at -> Duration.between(at, clock.instant()))
                .map(age -> age.isNegative() ? Duration.ZERO : age);
    }

    private void look() throws IOException {
        requests.handleAll(_ -> Json.bytes(reply()));
        Instant now = clock.instant();
        boolean due = newest.map(at -> !now.isBefore(at.plus(every))).orElse(true);
        if (due && !now.isBefore(notBefore) && hasChanges()) {
            reply();
        }
    }

    private boolean hasChanges() {
        return store.replica()
                .position()
                .filter(it -> SnapshotPosition.of(it).sequence() > 0)
                .isPresent();
    }

    private Reply reply() {
        try {
            long begin = System.nanoTime();
            SnapshotWriter.Made made = writer.write(store, new Progress());
            newest = Optional.of(made.manifest().madeAt());
            notBefore = Instant.MIN;
            alarm.end(Incident.Kind.SNAPSHOT_FAILED, authority);
            LOG.info(
                    "snapshot {} of change {}: {} rows, {} MB, in {} ms",
                    made.path(),
                    made.manifest().sequence(),
                    made.manifest().rows(),
                    made.manifest().bytes() / 1_000_000,
                    Duration.ofNanos(System.nanoTime() - begin).toMillis());
            return new Reply(Optional.empty(), Optional.of(Made.of(made)));
        } catch (IOException | StoreException e) {
            LOG.error("no snapshot of the store could be written", e);
            notBefore = clock.instant().plus(RETRY);
            // The message of some is a path alone.
            String why =
                    e instanceof FileSystemException
                            ? e.toString()
                            : String.valueOf(e.getMessage());
            alarm.raise(
                    new Incident(
                            Incident.Kind.SNAPSHOT_FAILED,
                            authority,
                            ("The newest snapshot for new nodes failed: %s. It is tried again every"
                                            + " %d minutes. %s")
                                    .formatted(
                                            why,
                                            RETRY.toMinutes(),
                                            newest.map(at -> "The last one is of %s.".formatted(at))
                                                    .orElse("There is none yet."))));
            return new Reply(Optional.of(why), Optional.empty());
        }
    }

    /// Logs how far a snapshot is, now and then.
    private static final class Progress implements SnapshotWriter.Progress {
        private long done;
        private long logged = System.nanoTime();

        @Override
        public void wrote(long rows, long all) {
            done += rows;
            long now = System.nanoTime();
            if (now - logged > PROGRESS_NANOS) {
                logged = now;
                LOG.info(
                        "{}",
                        String.format(Locale.ROOT, "snapshot: %,d of about %,d rows", done, all));
            }
        }
    }
}
