package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.UnreadableFile;

/// Looks what waits in a spool.
final class Arrivals {
    /// How long a dropped file must rest. `cp` into the spool is forbidden and will happen: half a
    /// list taken for a whole one would lose revocations.
    static final Duration REST = Duration.ofSeconds(2);

    /// Entries of one folder seen in one look; the others are seen in the next.
    static final int MAX_ENTRIES = 10_000;

    /// @param problems folders that could not be looked into
    record Look(List<Arrival> arrivals, List<String> problems) {
        int files() {
            return arrivals.stream().mapToInt(Arrival::files).sum();
        }
    }

    private record Entry(Path path, BasicFileAttributes attributes) {
        static final Comparator<Entry> OLDEST_FIRST =
                Comparator.<Entry, Instant>comparing(e -> e.modified()).thenComparing(Entry::name);

        Instant modified() {
            return attributes.lastModifiedTime().toInstant();
        }

        String name() {
            return String.valueOf(path.getFileName());
        }
    }

    private final SpoolFolders folders;
    private final InstantSource clock;

    Arrivals(SpoolFolders folders, InstantSource clock) {
        this.folders = folders;
        this.clock = clock;
    }

    /// Kinds in the order of [FeedKind], older before newer. A folder that cannot be read does not
    /// hide the others.
    Look look() {
        Look look = new Look(new ArrayList<>(), new ArrayList<>());
        for (FeedKind kind : FeedKind.values()) {
            lookBehind(kind, look);
            lookInto(folders.of(kind), kind, Optional.empty(), look);
        }
        return look;
    }

    /// What was begun and not finished, as after a crash: it comes first, and needs no rest.
    private void lookBehind(FeedKind kind, Look look) {
        Set<String> parcels = new TreeSet<>();
        entries(folders.arrived(kind), look).forEach(entry -> parcels.add(entry.name()));
        for (Entry entry : entries(folders.processing(kind), look)) {
            if (entry.name().startsWith(SpoolFolders.SENT)) {
                parcels.add(entry.name());
                continue;
            }
            List<Path> files = entries(entry.path(), look).stream().map(Entry::path).toList();
            if (!files.isEmpty()) {
                Optional<String> issuer =
                        Optional.of(entry.name())
                                .filter(name -> !name.equals(SpoolFolders.NO_ISSUER));
                look.arrivals().add(new Arrival.Dropped(kind, issuer, files));
            }
        }
        for (String parcel : parcels) {
            look.arrivals().add(new Arrival.Parcel(kind, folders.arrived(kind).resolve(parcel)));
        }
    }

    private void lookInto(Path folder, FeedKind kind, Optional<String> issuer, Look look) {
        List<Path> dropped = new ArrayList<>();
        for (Entry entry : entries(folder, look)) {
            boolean directory = issuer.isEmpty() && entry.attributes().isDirectory();
            if (directory && entry.name().startsWith(SpoolFolders.SENT)) {
                look.arrivals().add(new Arrival.Parcel(kind, entry.path()));
            } else if (directory) {
                lookInto(entry.path(), kind, Optional.of(entry.name()), look);
            } else if (rested(entry)) {
                dropped.add(entry.path());
            }
        }
        if (!dropped.isEmpty()) {
            look.arrivals().add(new Arrival.Dropped(kind, issuer, dropped));
        }
    }

    private List<Entry> entries(Path folder, Look look) {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder)) {
            for (Path path : listing) {
                if (entries.size() == MAX_ENTRIES) {
                    break;
                }
                if (!SpoolFolders.unfinished(String.valueOf(path.getFileName()))) {
                    entry(path).ifPresent(entries::add);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            look.problems().add(problem(folder, e));
        }
        entries.sort(Entry.OLDEST_FIRST);
        return entries;
    }

    private static Optional<Entry> entry(Path path) throws IOException {
        try {
            return Optional.of(
                    new Entry(
                            path,
                            Files.readAttributes(
                                    path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
        } catch (NoSuchFileException _) {
            // Taken back since it was listed.
            return Optional.empty();
        }
    }

    // A time in the future, from another machine's clock, says nothing; so it counts as rested.
    private boolean rested(Entry entry) {
        Duration age = Duration.between(entry.modified(), clock.instant());
        return age.isNegative() || age.compareTo(REST) >= 0;
    }

    private static String problem(Path folder, Exception cause) {
        return "the spool folder " + folder + " is not read: " + UnreadableFile.reason(cause);
    }
}
