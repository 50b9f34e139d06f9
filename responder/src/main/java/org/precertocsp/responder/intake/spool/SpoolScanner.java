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
import org.precertocsp.responder.intake.UnreadableFileException;

/// Lists what waits in a spool.
final class SpoolScanner {
    /// How long a dropped file must remain unchanged. Files must not be copied into the spool
    /// directly, but will be: loading half a list as a whole one would lose revocations.
    static final Duration UNCHANGED_FOR = Duration.ofSeconds(2);

    /// Entries of one directory per scan; the others follow in the next.
    static final int MAX_ENTRIES = 10_000;

    /// @param problems directories that could not be read
    record Scan(List<SpoolEntry> arrivals, List<String> problems) {
        int files() {
            return arrivals.stream().mapToInt(SpoolEntry::files).sum();
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

    private final SpoolDirectories folders;
    private final InstantSource clock;

    SpoolScanner(SpoolDirectories folders, InstantSource clock) {
        this.folders = folders;
        this.clock = clock;
    }

    /// Kinds in the order of [FeedKind], older before newer. A directory that cannot be read does
    /// not hide the others.
    Scan scan() {
        Scan scan = new Scan(new ArrayList<>(), new ArrayList<>());
        for (FeedKind kind : FeedKind.values()) {
            scanUnfinished(kind, scan);
            scanDirectory(folders.of(kind), kind, Optional.empty(), scan);
        }
        return scan;
    }

    /// Entries that were begun and not finished, as after a crash: they come first, without
    /// waiting.
    private void scanUnfinished(FeedKind kind, Scan scan) {
        Set<String> batches = new TreeSet<>();
        entries(folders.arrived(kind), scan).forEach(entry -> batches.add(entry.name()));
        for (Entry entry : entries(folders.processing(kind), scan)) {
            if (entry.name().startsWith(SpoolDirectories.SENT)) {
                batches.add(entry.name());
                continue;
            }
            List<Path> files = entries(entry.path(), scan).stream().map(Entry::path).toList();
            if (!files.isEmpty()) {
                Optional<String> issuer =
                        Optional.of(entry.name())
                                .filter(name -> !name.equals(SpoolDirectories.NO_ISSUER));
                scan.arrivals().add(new SpoolEntry.Dropped(kind, issuer, files));
            }
        }
        for (String batch : batches) {
            scan.arrivals().add(new SpoolEntry.Batch(kind, folders.arrived(kind).resolve(batch)));
        }
    }

    private void scanDirectory(Path folder, FeedKind kind, Optional<String> issuer, Scan scan) {
        List<Path> dropped = new ArrayList<>();
        for (Entry entry : entries(folder, scan)) {
            boolean directory = issuer.isEmpty() && entry.attributes().isDirectory();
            if (directory && entry.name().startsWith(SpoolDirectories.SENT)) {
                scan.arrivals().add(new SpoolEntry.Batch(kind, entry.path()));
            } else if (directory) {
                scanDirectory(entry.path(), kind, Optional.of(entry.name()), scan);
            } else if (isUnchanged(entry)) {
                dropped.add(entry.path());
            }
        }
        if (!dropped.isEmpty()) {
            scan.arrivals().add(new SpoolEntry.Dropped(kind, issuer, dropped));
        }
    }

    private List<Entry> entries(Path folder, Scan scan) {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder)) {
            for (Path path : listing) {
                if (entries.size() == MAX_ENTRIES) {
                    break;
                }
                if (!SpoolDirectories.isUnfinished(String.valueOf(path.getFileName()))) {
                    entry(path).ifPresent(entries::add);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            scan.problems().add(problem(folder, e));
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
            // Removed since it was listed.
            return Optional.empty();
        }
    }

    // A time in the future, from another machine's clock, means nothing and counts as unchanged.
    private boolean isUnchanged(Entry entry) {
        Duration age = Duration.between(entry.modified(), clock.instant());
        return age.isNegative() || age.compareTo(UNCHANGED_FOR) >= 0;
    }

    private static String problem(Path folder, Exception cause) {
        return "the spool directory "
                + folder
                + " cannot be read: "
                + UnreadableFileException.reason(cause);
    }
}
