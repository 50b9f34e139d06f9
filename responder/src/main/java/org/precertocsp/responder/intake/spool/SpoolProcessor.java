package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.FileStamp;
import org.precertocsp.responder.intake.LoadJob;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.LoadSummaryJson;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.UnreadableFileException;
import org.precertocsp.responder.intake.spool.SpoolProcessor.FileProcessor.SpoolFile;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.status.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Loads the files of a spool, one at a time. Used by one thread.
///
/// A crash at any point leaves each file either in place, to be processed again without effect, or
/// moved with its result beside it.
final class SpoolProcessor {
    /// When to try again to move a file that could not be moved, unless it changes: the disk may
    /// have space again.
    static final Duration RETRY = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(SpoolProcessor.class);

    private final SpoolDirectories folders;
    private final SpoolScanner arrivals;
    private final SpoolArchive departures;
    private final FileProcessor inspector;
    private final Alarm alarm;
    private final Consumer<LoadSummary> listener;

    private final InstantSource clock;

    /// Files that were processed and could not be moved.
    private final Map<Path, Stuck> stuck = new HashMap<>();

    private record Stuck(FileStamp stamp, Instant since) {}

    /// @param listener receives the summary of each processed file
    SpoolProcessor(
            SpoolDirectories folders,
            SpoolLoadContext intake,
            InstantSource clock,
            Consumer<LoadSummary> listener) {
        this.folders = folders;
        this.arrivals = new SpoolScanner(folders, clock);
        this.departures = new SpoolArchive(folders, clock);
        this.inspector = new FileProcessor(intake);
        this.alarm = intake.alarm();
        this.listener = listener;
        this.clock = clock;
    }

    /// Deletes files that were processed longer ago than `keep`.
    void sweep(Duration keep) throws IOException {
        departures.sweep(clock.instant().minus(keep));
    }

    SpoolScanner.Scan scan() {
        return arrivals.scan();
    }

    /// Processes everything found; returns after the current file when `stopping` becomes true.
    ///
    /// @return problems, for people
    /// @throws org.precertocsp.responder.status.StoreException files not yet processed stay in
    ///   place
    List<String> process(SpoolScanner.Scan scan, BooleanSupplier stopping) {
        List<String> problems = new ArrayList<>(scan.problems());
        Set<Path> seen = new HashSet<>();
        for (SpoolEntry arrival : scan.arrivals()) {
            switch (arrival) {
                case SpoolEntry.Batch batch -> {
                    seen.add(batch.folder());
                    attempt(batch.folder(), problems, () -> processBatch(batch, stopping));
                }
                case SpoolEntry.Dropped dropped -> {
                    seen.addAll(dropped.paths());
                    processDropped(dropped, stopping, problems, seen);
                }
            }
        }
        stuck.keySet().retainAll(seen);
        return problems;
    }

    private void processDropped(
            SpoolEntry.Dropped dropped,
            BooleanSupplier stopping,
            List<String> problems,
            Set<Path> seen) {
        List<Claimed> claimed = new ArrayList<>();
        for (Path path : dropped.paths()) {
            attempt(path, problems, () -> claimed.add(claim(dropped, path)));
        }
        claimed.forEach(file -> seen.add(file.path()));
        FeedReader feed =
                inspector.feed(dropped.kind(), claimed.stream().map(Claimed::path).toList());
        for (Claimed file : claimed) {
            if (stopping.getAsBoolean()) {
                return;
            }
            attempt(
                    file.path(),
                    problems,
                    () -> {
                        LoadSummary summary =
                                load(
                                        dropped.kind(),
                                        feed,
                                        dropped.issuer(),
                                        LoadOptions.USUAL,
                                        new SpoolFile(file.path(), file.name()));
                        updateAlert(summary);
                        departures.archive(
                                file.path(),
                                String.valueOf(file.path().getFileName()),
                                summary,
                                file.origin());
                    });
        }
    }

    /// A file in the server's own directory.
    ///
    /// @param name for the operator
    /// @param origin the directory it was dropped into
    private record Claimed(Path path, String name, Path origin) {}

    /// Moves a file where nobody else can change it, so that the file examined is the file read and
    /// archived.
    private Claimed claim(SpoolEntry.Dropped dropped, Path path) throws IOException {
        Path origin = folders.of(dropped.kind());
        if (dropped.issuer().isPresent()) {
            origin = origin.resolve(dropped.issuer().get());
        }
        Path own =
                folders.processing(dropped.kind())
                        .resolve(dropped.issuer().orElse(SpoolDirectories.NO_ISSUER));
        Path target = path;
        if (!path.startsWith(own)) {
            Files.createDirectories(own, SpoolDirectories.OWNER);
            target = own.resolve(departures.freeName(own, SpoolArchive.nameOf(path)));
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        }
        String name = SpoolArchive.nameOf(target);
        return new Claimed(
                target, folders.root().relativize(origin).resolve(name).toString(), origin);
    }

    /// Nobody waits for the result of a dropped file, so a refusal raises an alert.
    private void updateAlert(LoadSummary summary) {
        if (summary.refusedFile().isPresent() || summary.refused() > 0) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.FEED_REFUSED,
                            summary.file(),
                            "%s of the spool: %s. See its .reason.txt in %s"
                                    .formatted(
                                            summary.file(),
                                            summary.refusedFile()
                                                    .map(why -> "nothing was loaded: " + why)
                                                    .orElse(
                                                            summary.refused()
                                                                    + " records were rejected, the"
                                                                    + " others are loaded"),
                                            folders.root())));
        } else {
            alarm.end(Incident.Kind.FEED_REFUSED, summary.file());
        }
    }

    private void processBatch(SpoolEntry.Batch seen, BooleanSupplier stopping) throws IOException {
        ClaimedBatch batch = claim(seen);
        if (!Files.isDirectory(batch.sent(), LinkOption.NOFOLLOW_LINKS) && exists(batch.sent())) {
            refuse(batch.sent(), "it is not a directory; links are not followed");
            return;
        }
        BatchManifest manifest;
        try {
            manifest = BatchManifest.read(batch.claimed(BatchManifest.FILE));
        } catch (NoSuchFileException _) {
            if (!exists(batch.sent())) {
                delete(batch.own()); // The rest of it.
                return;
            }
            refuse(
                    batch.sent(),
                    "no load command sent this directory: it has no "
                            + BatchManifest.FILE
                            + ". Drop files directly, or into a directory named after an issuer");
            delete(batch.own());
            return;
        } catch (IOException e) {
            refuse(batch.sent(), "no load command sent this directory: " + e.getMessage());
            delete(batch.own());
            return;
        }
        // Files stay until all are processed: after a crash they may still be needed for one
        // another.
        if (processAll(batch, manifest, stopping)) {
            for (BatchManifest.Item item : manifest.items()) {
                Path file = batch.own().resolve(item.stored());
                if (exists(file)) {
                    LoadSummary summary = LoadSummaryJson.read(resultOf(batch.own(), item));
                    departures.archive(file, item.stored(), summary, folders.of(batch.kind()));
                }
            }
            if (exists(batch.sent())) {
                delete(batch.sent());
            }
            delete(batch.own());
        }
    }

    /// Rejects a directory that no command sent; nobody waits for its result, so this raises an
    /// alert.
    private void refuse(Path folder, String why) throws IOException {
        String name = folders.root().relativize(folder).toString();
        LOG.warn("{}: nothing of it was loaded: {}", name, why);
        alarm.raise(
                new Incident(
                        Incident.Kind.FEED_REFUSED,
                        name,
                        "%s of the spool: nothing was loaded: %s. See its .reason.txt in %s"
                                .formatted(name, why, folders.root())));
        departures.refuse(folder, why);
    }

    /// The files that a command sent.
    ///
    /// @param sent the directory that it created, where it can no longer replace it
    /// @param own the server's directory for its files
    private record ClaimedBatch(FeedKind kind, Path sent, Path own) {
        /// Moves one of its files into the server's directory, if it is not there yet.
        Path claimed(String name) throws IOException {
            Path mine = own.resolve(name);
            if (!exists(mine) && exists(sent.resolve(name))) {
                Files.move(sent.resolve(name), mine, StandardCopyOption.ATOMIC_MOVE);
            }
            return mine;
        }
    }

    private ClaimedBatch claim(SpoolEntry.Batch seen) throws IOException {
        Path name = seen.folder().getFileName();
        Path sent = folders.arrived(seen.kind()).resolve(name);
        if (!seen.folder().equals(sent)) {
            Files.move(seen.folder(), sent, StandardCopyOption.ATOMIC_MOVE);
        }
        Path own = folders.processing(seen.kind()).resolve(name);
        Files.createDirectories(own, SpoolDirectories.OWNER);
        return new ClaimedBatch(seen.kind(), sent, own);
    }

    private boolean processAll(ClaimedBatch batch, BatchManifest manifest, BooleanSupplier stopping)
            throws IOException {
        List<Path> together = new ArrayList<>();
        for (BatchManifest.Item item : manifest.items()) {
            together.add(batch.claimed(item.stored()));
        }
        FeedReader feed = inspector.feed(batch.kind(), together);
        for (BatchManifest.Item item : manifest.items()) {
            if (stopping.getAsBoolean()) {
                return false;
            }
            SpoolFile file = new SpoolFile(batch.own().resolve(item.stored()), item.name());
            if (exists(file.path()) && !exists(resultOf(batch.own(), item))) {
                LoadSummary summary =
                        load(batch.kind(), feed, manifest.issuer(), manifest.options(), file);
                DurableFile.write(
                        resultOf(batch.own(), item),
                        LoadSummaryJson.bytes(summary),
                        SpoolDirectories.GROUP_READS);
                showProgress(batch, item, summary);
            }
        }
        return true;
    }

    /// For the sender only; the result in the server's own directory counts.
    private static void showProgress(
            ClaimedBatch batch, BatchManifest.Item item, LoadSummary summary) {
        try {
            DurableFile.write(
                    resultOf(batch.sent(), item),
                    LoadSummaryJson.bytes(summary),
                    SpoolDirectories.GROUP_READS);
        } catch (IOException e) {
            LOG.debug("progress of {} is not shown to its sender", batch.sent(), e);
        }
    }

    private LoadSummary load(
            FeedKind kind,
            FeedReader feed,
            Optional<String> issuer,
            LoadOptions options,
            SpoolFile file) {
        LoadSummary summary = inspector.load(kind, feed, issuer, options, file);
        boolean odd =
                summary.refusedFile().isPresent() || summary.refused() + summary.conflicts() > 0;
        LOG.atLevel(odd ? Level.WARN : Level.INFO)
                .log(
                        "{} {}{}: {} added, {} changed, {} unchanged, {} rejected, {} in conflict{}",
                        summary.kind(),
                        summary.file(),
                        options.dryRun() ? " (dry run, nothing is written)" : "",
                        summary.added(),
                        summary.changed(),
                        summary.unchanged(),
                        summary.refused(),
                        summary.conflicts(),
                        summary.refusedFile()
                                .map(why -> "; rejected as a whole: " + why)
                                .orElse(""));
        if (!options.dryRun()) {
            listener.accept(summary);
        }
        return summary;
    }

    private static Path resultOf(Path folder, BatchManifest.Item item) {
        return folder.resolve(SpoolDirectories.resultOf(item.stored()));
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static void delete(Path folder) throws IOException {
        try (var rest = Files.newDirectoryStream(folder)) {
            for (Path path : rest) {
                Files.delete(path);
            }
        }
        Files.delete(folder);
    }

    @FunctionalInterface
    private interface Attempt {
        void run() throws IOException;
    }

    private void attempt(Path path, List<String> problems, Attempt attempt) {
        if (isStuck(path)) {
            problems.add(path + " was processed and cannot be moved; see the log");
            return;
        }
        try {
            attempt.run();
        } catch (StoreException | AuditException e) {
            throw e; // Not caused by the file, which stays.
        } catch (RuntimeException e) {
            refuse(path, problems, e);
        } catch (NoSuchFileException e) {
            LOG.warn("{} disappeared while it was processed", path, e);
        } catch (IOException e) {
            LOG.error("{} was processed and cannot be moved", path, e);
            problems.add(
                    "%s cannot be moved: %s".formatted(path, UnreadableFileException.reason(e)));
            stamp(path).ifPresent(now -> stuck.put(path, new Stuck(now, clock.instant())));
        }
    }

    /// A file that causes an unexpected failure does not block the next one.
    private void refuse(Path path, List<String> problems, RuntimeException failure) {
        LOG.error("{} could not be processed", path, failure);
        try {
            departures.refuse(
                    path, "precert-ocsp failed to process it (" + failure + "); please report it");
        } catch (IOException | RuntimeException e) {
            problems.add("%s cannot be processed: %s".formatted(path, failure));
            stamp(path).ifPresent(now -> stuck.put(path, new Stuck(now, clock.instant())));
        }
    }

    // Otherwise it would be processed at every scan.
    private boolean isStuck(Path path) {
        Stuck before = stuck.remove(path);
        boolean still =
                before != null
                        && stamp(path).filter(before.stamp()::equals).isPresent()
                        && clock.instant().isBefore(before.since().plus(RETRY));
        if (still) {
            stuck.put(path, before);
        }
        return still;
    }

    private static Optional<FileStamp> stamp(Path path) {
        try {
            return Optional.of(
                    FileStamp.of(
                            Files.readAttributes(
                                    path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
        } catch (IOException _) {
            // Removed, so no longer stuck.
            return Optional.empty();
        }
    }

    /// Loads single files of a spool. A problem with a file becomes its result; only a failing
    /// store, which the file does not cause, is thrown.
    static final class FileProcessor {
        private static final Logger LOG = LoggerFactory.getLogger(FileProcessor.class);

        private final SpoolLoadContext intake;

        FileProcessor(SpoolLoadContext intake) {
            this.intake = intake;
        }

        /// @param path its location
        /// @param name for the operator
        record SpoolFile(Path path, String name) {}

        /// A feed for files of one directory. If it cannot be created, it refuses them.
        FeedReader feed(FeedKind kind, List<Path> together) {
            try {
                return intake.feeds().feed(kind, together);
            } catch (RuntimeException e) {
                LOG.error("the feed for {} cannot be created", kind.word(), e);
                return (_, _) -> {
                    throw new FeedRejectedException(
                            "files of this kind cannot be read now: " + e, e);
                };
            }
        }

        /// @throws StoreException the file should be tried again later
        LoadSummary load(
                FeedKind kind,
                FeedReader feed,
                Optional<String> issuer,
                LoadOptions options,
                SpoolFile file) {
            String why;
            try {
                if (!Files.isRegularFile(file.path(), LinkOption.NOFOLLOW_LINKS)) {
                    why = "it is not a regular file; links and directories are not followed";
                } else {
                    LoadJob job =
                            new LoadJob(
                                    kind,
                                    feed,
                                    file.path(),
                                    file.name(),
                                    called(issuer),
                                    ProgressListener.SILENT,
                                    options,
                                    intake.issuers());
                    return intake.loader().load(job);
                }
            } catch (FeedRejectedException | UnreadableFileException e) {
                why = String.valueOf(e.getMessage());
            }
            return LoadSummary.refused(kind, file.name(), why);
        }

        private Optional<ConfiguredIssuer> called(Optional<String> name)
                throws FeedRejectedException {
            if (name.isEmpty()) {
                return Optional.empty();
            }
            Optional<ConfiguredIssuer> issuer = intake.issuers().called(name.get());
            if (issuer.isEmpty()) {
                throw new FeedRejectedException(
                        "the running server has no issuer named '%s', only %s"
                                .formatted(name.get(), names()));
            }
            return issuer;
        }

        private String names() {
            return String.join(
                    ", ", intake.issuers().issuers().stream().map(ConfiguredIssuer::name).toList());
        }
    }
}
