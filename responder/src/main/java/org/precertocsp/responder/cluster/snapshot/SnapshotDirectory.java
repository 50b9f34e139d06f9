package org.precertocsp.responder.cluster.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.precertocsp.responder.io.DurableFile;

/// The directory with snapshots of one or several authorities:
///
/// ```
/// index.txt                   names of all complete snapshots, the newest first
/// 20270115T031500Z-a/         one of authority a
///     status-00003.sst …      tables of rows
///     manifest.json.sig       a signature of the next file
///     manifest.json           lists all tables with sizes and hashes
/// .20270116T031500Z-a.tmp/    one that is being written, or was when the process died
/// ```
///
/// A snapshot gets its name when it is complete, so nobody sees half of one.
public final class SnapshotDirectory {
    static final String INDEX = "index.txt";

    private static final Pattern NAME = Pattern.compile("\\d{8}T\\d{6}Z-[a-z0-9][a-z0-9-]{0,31}");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static final int TIME_LENGTH = "20270115T031500Z".length();

    private final Path path;

    public SnapshotDirectory(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    static String name(Instant at, String authority) {
        return TIME.format(at) + "-" + authority;
    }

    Path lockFile(String authority) {
        return path.resolve("." + authority + ".lock");
    }

    Path unfinished(String name) {
        return path.resolve("." + name + DurableFile.TEMPORARY_SUFFIX);
    }

    /// Names of complete snapshots, the newest first; none if the directory does not exist.
    List<String> names() throws IOException {
        return list(
                name ->
                        isName(name)
                                && Files.isRegularFile(
                                        path.resolve(name).resolve(SnapshotManifest.FILE)));
    }

    private List<String> list(Predicate<String> wanted) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(wanted)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// Deletes what an authority left unfinished.
    void removeUnfinished(String authority) throws IOException {
        String end = "-" + authority + DurableFile.TEMPORARY_SUFFIX;
        for (String name : list(it -> it.startsWith(".") && it.endsWith(end))) {
            remove(path.resolve(name));
        }
    }

    /// Deletes an authority's own snapshots but for the newest ones.
    void prune(String authority, int keep) throws IOException {
        List<String> own = names(authority);
        for (String name : own.subList(Math.min(keep, own.size()), own.size())) {
            // First what makes it a snapshot.
            Files.deleteIfExists(path.resolve(name).resolve(SnapshotManifest.FILE));
            remove(path.resolve(name));
        }
    }

    List<String> names(String authority) throws IOException {
        // Of a node `x-a` and a node `a`.
        return names().stream()
                .filter(name -> name.substring(TIME_LENGTH + 1).equals(authority))
                .toList();
    }

    /// When an authority made its newest one.
    Optional<Instant> newest(String authority) throws IOException {
        return names(authority).stream()
                .findFirst()
                .map(name -> TIME.parse(name.substring(0, TIME_LENGTH), Instant::from));
    }

    /// For readers who cannot list a directory.
    void writeIndex() throws IOException {
        DurableFile.write(
                path.resolve(INDEX),
                (String.join("\n", names()) + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    static void remove(Path tree) throws IOException {
        if (!Files.isDirectory(tree)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
