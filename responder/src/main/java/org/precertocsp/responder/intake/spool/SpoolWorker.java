package org.precertocsp.responder.intake.spool;

import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FileStamp;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.StatusFeed;
import org.precertocsp.responder.intake.SummaryJson;
import org.precertocsp.responder.intake.UnreadableFile;
import org.precertocsp.responder.intake.spool.Inspector.SpoolFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
        this.listener = listener;
        this.clock = clock;
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
                    takeDropped(dropped, stopping, problems);
                }
            }
        }
        stuck.keySet().retainAll(seen);
        return problems;
    }

    private void takeDropped(
            Arrival.Dropped dropped, BooleanSupplier stopping, List<String> problems) {
        StatusFeed feed = inspector.feed(dropped.kind(), dropped.paths());
        for (Path path : dropped.paths()) {
            if (stopping.getAsBoolean()) {
                return;
            }
            attempt(
                    path,
                    problems,
                    () -> {
                        SpoolFile file =
                                new SpoolFile(path, folders.root().relativize(path).toString());
                        LoadSummary summary =
                                load(
                                        dropped.kind(),
                                        feed,
                                        dropped.issuer(),
                                        LoadOptions.USUAL,
                                        file);
                        departures.depart(
                                path,
                                String.valueOf(path.getFileName()),
                                summary,
                                path.resolveSibling(".").normalize());
                    });
        }
    }

    private void takeParcel(Arrival.Parcel parcel, BooleanSupplier stopping) throws IOException {
        ParcelNote note;
        try {
            note = ParcelNote.read(parcel.folder());
        } catch (IOException e) {
            departures.refuse(
                    parcel.folder(), "it is not a folder a load command sent: " + e.getMessage());
            return;
        }
        // Files stay until all are processed: after a crash they must still explain one another.
        if (processAll(parcel, note, stopping)) {
            for (ParcelNote.Item item : note.items()) {
                Path file = parcel.folder().resolve(item.stored());
                if (isThere(file)) {
                    LoadSummary summary = SummaryJson.read(resultOf(parcel, item));
                    departures.depart(file, item.stored(), summary, folders.of(parcel.kind()));
                }
            }
            delete(parcel.folder());
        }
    }

    private boolean processAll(Arrival.Parcel parcel, ParcelNote note, BooleanSupplier stopping)
            throws IOException {
        List<Path> together =
                note.items().stream().map(item -> parcel.folder().resolve(item.stored())).toList();
        StatusFeed feed = inspector.feed(parcel.kind(), together);
        for (ParcelNote.Item item : note.items()) {
            if (stopping.getAsBoolean()) {
                return false;
            }
            SpoolFile file = new SpoolFile(parcel.folder().resolve(item.stored()), item.name());
            if (isThere(file.path()) && !isThere(resultOf(parcel, item))) {
                LoadSummary summary =
                        load(parcel.kind(), feed, note.issuer(), note.options(), file);
                Durable.place(resultOf(parcel, item), SummaryJson.bytes(summary));
            }
        }
        return true;
    }

    private LoadSummary load(
            FeedKind kind,
            StatusFeed feed,
            Optional<String> issuer,
            LoadOptions options,
            SpoolFile file) {
        LoadSummary summary = inspector.load(kind, feed, issuer, options, file);
        LOG.info(
                "{} {}{}: {} added, {} changed, {} unchanged, {} refused, {} in conflict{}",
                summary.kind(),
                summary.file(),
                options.dryRun() ? " (dry run, nothing is written)" : "",
                summary.added(),
                summary.changed(),
                summary.unchanged(),
                summary.refused(),
                summary.conflicts(),
                summary.refusedFile().map(why -> "; refused as a whole: " + why).orElse(""));
        if (!options.dryRun()) {
            listener.accept(summary);
        }
        return summary;
    }

    private static Path resultOf(Arrival.Parcel parcel, ParcelNote.Item item) {
        return parcel.folder().resolve(SpoolFolders.resultOf(item.stored()));
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
        } catch (NoSuchFileException e) {
            LOG.warn("{} went away while it was taken in", path, e);
        } catch (IOException e) {
            LOG.error("{} was processed and cannot be moved away", path, e);
            problems.add("%s cannot be moved away: %s".formatted(path, UnreadableFile.reason(e)));
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
