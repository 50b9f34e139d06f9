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
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FileStamp;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.StatusFeed;
import org.precertocsp.responder.intake.SummaryJson;
import org.precertocsp.responder.intake.UnreadableFile;
import org.precertocsp.responder.intake.spool.Inspector.SpoolFile;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.status.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Takes in what waits in a spool, one file at a time. Used by one thread.
///
/// A crash at any point leaves each file either in place, to be processed again to no effect, or
/// moved with its result beside it.
final class SpoolWorker {
    /// How long something that could not be moved away is left alone, unless it changes: the disk
    /// may have room again.
    static final Duration RETRY = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(SpoolWorker.class);

    private final SpoolFolders folders;
    private final Arrivals arrivals;
    private final Departures departures;
    private final Inspector inspector;
    private final Alarm alarm;
    private final Consumer<LoadSummary> listener;

    private final InstantSource clock;

    /// What was processed and could not be moved away.
    private final Map<Path, Stuck> stuck = new HashMap<>();

    private record Stuck(FileStamp stamp, Instant since) {}

    /// @param listener told of each file processed
    SpoolWorker(
            SpoolFolders folders,
            SpoolIntake intake,
            InstantSource clock,
            Consumer<LoadSummary> listener) {
        this.folders = folders;
        this.arrivals = new Arrivals(folders, clock);
        this.departures = new Departures(folders, clock);
        this.inspector = new Inspector(intake);
        this.alarm = intake.alarm();
        this.listener = listener;
        this.clock = clock;
    }

    /// Deletes what was processed longer ago than it is kept.
    void sweep(Duration keep) throws IOException {
        departures.sweep(clock.instant().minus(keep));
    }

    Arrivals.Look look() {
        return arrivals.look();
    }

    /// Takes in all that was seen, unless told to stop: then returns after the current file.
    ///
    /// @return what could not be done, for people; empty if all went well
    /// @throws org.precertocsp.responder.status.StoreFailure files not yet taken stay where they
    ///   are
    List<String> take(Arrivals.Look look, BooleanSupplier stopping) {
        List<String> problems = new ArrayList<>(look.problems());
        Set<Path> seen = new HashSet<>();
        for (Arrival arrival : look.arrivals()) {
            switch (arrival) {
                case Arrival.Parcel parcel -> {
                    seen.add(parcel.folder());
                    attempt(parcel.folder(), problems, () -> takeParcel(parcel, stopping));
                }
                case Arrival.Dropped dropped -> {
                    seen.addAll(dropped.paths());
                    takeDropped(dropped, stopping, problems, seen);
                }
            }
        }
        stuck.keySet().retainAll(seen);
        return problems;
    }

    private void takeDropped(
            Arrival.Dropped dropped,
            BooleanSupplier stopping,
            List<String> problems,
            Set<Path> seen) {
        List<Claimed> claimed = new ArrayList<>();
        for (Path path : dropped.paths()) {
            attempt(path, problems, () -> claimed.add(claim(dropped, path)));
        }
        claimed.forEach(file -> seen.add(file.path()));
        StatusFeed feed =
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
                        tell(summary);
                        departures.depart(
                                file.path(),
                                String.valueOf(file.path().getFileName()),
                                summary,
                                file.origin());
                    });
        }
    }

    /// A file in the server's own folder.
    ///
    /// @param name as the operator knows it
    /// @param origin the folder it was dropped into
    private record Claimed(Path path, String name, Path origin) {}

    /// Moves a file out of everybody's reach, so that what is looked at is what is read and moved
    /// away.
    private Claimed claim(Arrival.Dropped dropped, Path path) throws IOException {
        Path origin = folders.of(dropped.kind());
        if (dropped.issuer().isPresent()) {
            origin = origin.resolve(dropped.issuer().get());
        }
        Path own =
                folders.processing(dropped.kind())
                        .resolve(dropped.issuer().orElse(SpoolFolders.NO_ISSUER));
        Path target = path;
        if (!path.startsWith(own)) {
            Files.createDirectories(own, SpoolFolders.OWNER);
            target = own.resolve(departures.freeName(own, Departures.nameOf(path)));
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        }
        String name = Departures.nameOf(target);
        return new Claimed(
                target, folders.root().relativize(origin).resolve(name).toString(), origin);
    }

    /// Nobody waits for what became of a dropped file.
    private void tell(LoadSummary summary) {
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
                                                                    + " records were refused, the"
                                                                    + " others are loaded"),
                                            folders.root())));
        } else {
            alarm.end(Incident.Kind.FEED_REFUSED, summary.file());
        }
    }

    private void takeParcel(Arrival.Parcel seen, BooleanSupplier stopping) throws IOException {
        Parcel parcel = claim(seen);
        if (!Files.isDirectory(parcel.sent(), LinkOption.NOFOLLOW_LINKS)
                && isThere(parcel.sent())) {
            refuse(parcel.sent(), "it is no folder; links are not followed");
            return;
        }
        ParcelNote note;
        try {
            note = ParcelNote.read(parcel.claimed(ParcelNote.FILE));
        } catch (NoSuchFileException _) {
            if (!isThere(parcel.sent())) {
                delete(parcel.own()); // All that was left of it.
                return;
            }
            refuse(
                    parcel.sent(),
                    "it is not a folder a load command sent: it has no "
                            + ParcelNote.FILE
                            + ". Drop files without a folder, or in one named after an issuer");
            delete(parcel.own());
            return;
        } catch (IOException e) {
            refuse(parcel.sent(), "it is not a folder a load command sent: " + e.getMessage());
            delete(parcel.own());
            return;
        }
        // Files stay until all are processed: after a crash they must still explain one another.
        if (processAll(parcel, note, stopping)) {
            for (ParcelNote.Item item : note.items()) {
                Path file = parcel.own().resolve(item.stored());
                if (isThere(file)) {
                    LoadSummary summary = SummaryJson.read(resultOf(parcel.own(), item));
                    departures.depart(file, item.stored(), summary, folders.of(parcel.kind()));
                }
            }
            if (isThere(parcel.sent())) {
                delete(parcel.sent());
            }
            delete(parcel.own());
        }
    }

    /// Of a folder that is none of a command: nobody waits for what becomes of it, either.
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

    /// What a command sent.
    ///
    /// @param sent the folder it made, where it may not replace it any more
    /// @param own the server's folder for its files
    private record Parcel(FeedKind kind, Path sent, Path own) {
        /// Moves a file of it into the server's folder, if it is not there yet.
        Path claimed(String name) throws IOException {
            Path mine = own.resolve(name);
            if (!isThere(mine) && isThere(sent.resolve(name))) {
                Files.move(sent.resolve(name), mine, StandardCopyOption.ATOMIC_MOVE);
            }
            return mine;
        }
    }

    private Parcel claim(Arrival.Parcel seen) throws IOException {
        Path name = seen.folder().getFileName();
        Path sent = folders.arrived(seen.kind()).resolve(name);
        if (!seen.folder().equals(sent)) {
            Files.move(seen.folder(), sent, StandardCopyOption.ATOMIC_MOVE);
        }
        Path own = folders.processing(seen.kind()).resolve(name);
        Files.createDirectories(own, SpoolFolders.OWNER);
        return new Parcel(seen.kind(), sent, own);
    }

    private boolean processAll(Parcel parcel, ParcelNote note, BooleanSupplier stopping)
            throws IOException {
        List<Path> together = new ArrayList<>();
        for (ParcelNote.Item item : note.items()) {
            together.add(parcel.claimed(item.stored()));
        }
        StatusFeed feed = inspector.feed(parcel.kind(), together);
        for (ParcelNote.Item item : note.items()) {
            if (stopping.getAsBoolean()) {
                return false;
            }
            SpoolFile file = new SpoolFile(parcel.own().resolve(item.stored()), item.name());
            if (isThere(file.path()) && !isThere(resultOf(parcel.own(), item))) {
                LoadSummary summary =
                        load(parcel.kind(), feed, note.issuer(), note.options(), file);
                DurableFile.write(
                        resultOf(parcel.own(), item),
                        SummaryJson.bytes(summary),
                        SpoolFolders.GROUP_READS);
                showProgress(parcel, item, summary);
            }
        }
        return true;
    }

    /// For whoever sent it. What counts is the result in the server's own folder.
    private static void showProgress(Parcel parcel, ParcelNote.Item item, LoadSummary summary) {
        try {
            DurableFile.write(
                    resultOf(parcel.sent(), item),
                    SummaryJson.bytes(summary),
                    SpoolFolders.GROUP_READS);
        } catch (IOException e) {
            LOG.debug("progress of {} is not shown to its sender", parcel.sent(), e);
        }
    }

    private LoadSummary load(
            FeedKind kind,
            StatusFeed feed,
            Optional<String> issuer,
            LoadOptions options,
            SpoolFile file) {
        LoadSummary summary = inspector.load(kind, feed, issuer, options, file);
        boolean odd =
                summary.refusedFile().isPresent() || summary.refused() + summary.conflicts() > 0;
        LOG.atLevel(odd ? Level.WARN : Level.INFO)
                .log(
                        "{} {}{}: {} added, {} changed, {} unchanged, {} refused, {} in conflict{}",
                        summary.kind(),
                        summary.file(),
                        options.dryRun() ? " (dry run, nothing is written)" : "",
                        summary.added(),
                        summary.changed(),
                        summary.unchanged(),
                        summary.refused(),
                        summary.conflicts(),
                        summary.refusedFile()
                                .map(why -> "; refused as a whole: " + why)
                                .orElse(""));
        if (!options.dryRun()) {
            listener.accept(summary);
        }
        return summary;
    }

    private static Path resultOf(Path folder, ParcelNote.Item item) {
        return folder.resolve(SpoolFolders.resultOf(item.stored()));
    }

    private static boolean isThere(Path path) {
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
            problems.add(path + " was processed and cannot be moved away; see the log");
            return;
        }
        try {
            attempt.run();
        } catch (StoreFailure | AuditFailure e) {
            throw e; // Not the file's fault: it stays.
        } catch (RuntimeException e) {
            refuse(path, problems, e);
        } catch (NoSuchFileException e) {
            LOG.warn("{} went away while it was taken in", path, e);
        } catch (IOException e) {
            LOG.error("{} was processed and cannot be moved away", path, e);
            problems.add("%s cannot be moved away: %s".formatted(path, UnreadableFile.reason(e)));
            stamp(path).ifPresent(now -> stuck.put(path, new Stuck(now, clock.instant())));
        }
    }

    /// Whatever a file brings about, the next one is not held up.
    private void refuse(Path path, List<String> problems, RuntimeException failure) {
        LOG.error("{} could not be processed", path, failure);
        try {
            departures.refuse(
                    path, "precert-ocsp failed on it (" + failure + "); please report it");
        } catch (IOException | RuntimeException e) {
            problems.add("%s cannot be processed: %s".formatted(path, failure));
            stamp(path).ifPresent(now -> stuck.put(path, new Stuck(now, clock.instant())));
        }
    }

    // Otherwise it would be processed at every look, for ever.
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
            // Gone, so no longer stuck.
            return Optional.empty();
        }
    }
}
