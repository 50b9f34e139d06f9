package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.LoadSummaryJson;
import org.precertocsp.responder.io.DurableFile;

/// Moves processed files to `done` or `refused`, together with their results.
final class SpoolArchive {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /// The files beside a processed file.
    private static final Pattern NOTES =
            Pattern.compile("(.+)\\.(result\\.json|reason\\.txt)", Pattern.DOTALL);

    private static final int MAX_NAME_BYTES = 180;

    private final SpoolDirectories folders;
    private final InstantSource clock;

    SpoolArchive(SpoolDirectories folders, InstantSource clock) {
        this.folders = folders;
        this.clock = clock;
    }

    /// Moves one processed file to `done` or `refused` under `name`, or that name with a suffix.
    ///
    /// @param summary its result
    /// @param origin the directory to put it into again
    void archive(Path file, String name, LoadSummary summary, Path origin) throws IOException {
        boolean taken = summary.refusedFile().isEmpty();
        Path folder = taken ? folders.done() : folders.refused();
        String free = freeName(folder, name);
        // The result is written first: after a crash the file is processed again, which changes
        // nothing, whereas a file moved without its result would leave its sender waiting.
        DurableFile.write(
                folder.resolve(SpoolDirectories.resultOf(free)),
                LoadSummaryJson.bytes(summary),
                SpoolDirectories.GROUP_READS);
        if (!taken || summary.refused() + summary.conflicts() > 0) {
            explain(folder.resolve(SpoolDirectories.reasonOf(free)), summary, origin);
        }
        Files.move(file, folder.resolve(free));
        DurableFile.syncDirectory(folder);
    }

    /// Moves something that is neither a file nor a batch to `refused`.
    void refuse(Path something, String why) throws IOException {
        String free = freeName(folders.refused(), nameOf(something));
        String text = "Nothing of %s was loaded.%n%nCause: %s%n".formatted(something, why);
        DurableFile.write(
                folders.refused().resolve(SpoolDirectories.reasonOf(free)),
                text.getBytes(StandardCharsets.UTF_8),
                SpoolDirectories.GROUP_READS);
        Files.move(something, folders.refused().resolve(free));
        DurableFile.syncDirectory(folders.refused());
    }

    /// Deletes files from `done` and `refused` that were moved there before `limit`, with their
    /// results. Links are deleted, not followed.
    void sweep(Instant limit) throws IOException {
        for (Path folder : List.of(folders.done(), folders.refused())) {
            try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder)) {
                for (Path path : listing) {
                    Matcher notes = NOTES.matcher(path.getFileName().toString());
                    if (notes.matches() && isOlder(path, limit)) {
                        delete(folder.resolve(notes.group(1)));
                        Files.deleteIfExists(path);
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
    }

    private static boolean isOlder(Path path, Instant limit) throws IOException {
        return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                .toInstant()
                .isBefore(limit);
    }

    /// A file, or a refused directory with the files in it.
    private static void delete(Path something) throws IOException {
        if (Files.isDirectory(something, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> rest = Files.newDirectoryStream(something)) {
                for (Path path : rest) {
                    Files.delete(path);
                }
            }
        }
        Files.deleteIfExists(something);
    }

    private static void explain(Path target, LoadSummary summary, Path origin) throws IOException {
        StringBuilder text = new StringBuilder();
        if (summary.refusedFile().isPresent()) {
            text.append("Nothing of this file was loaded; all statuses are unchanged.\n\n");
            text.append("File:  ").append(summary.file()).append('\n');
            text.append("Cause: ").append(summary.refusedFile().get()).append('\n');
        } else {
            text.append(
                    "Of this file %d records were rejected and %d are in conflict; the others are loaded.\n\n"
                            .formatted(summary.refused(), summary.conflicts()));
            text.append("File:  ").append(summary.file()).append('\n');
        }
        for (LoadSummary.Report report : summary.reports()) {
            text.append("       ").append(report.severity()).append(' ').append(report.place());
            text.append(": ").append(report.reason()).append('\n');
        }
        text.append("\nRemove the cause, then write the file into the spool's tmp directory and")
                .append(" rename it into\n")
                .append(origin)
                .append("\nor load it with `precert-ocsp load ")
                .append(summary.kind())
                .append("`.\n");
        DurableFile.write(
                target,
                text.toString().getBytes(StandardCharsets.UTF_8),
                SpoolDirectories.GROUP_READS);
    }

    String freeName(Path folder, String original) {
        String name = shortened(original);
        if (isFree(folder, name)) {
            return name;
        }
        String stamped = name + "." + TIME.format(clock.instant());
        String free = stamped;
        for (int n = 2; !isFree(folder, free); n++) {
            free = stamped + "-" + n;
        }
        return free;
    }

    /// A file's name for people and for a new location: file names are bytes, and those that are
    /// not text in this locale are escaped as in a URL.
    static String nameOf(Path path) {
        Path name = Optional.ofNullable(path.getFileName()).orElse(path);
        try {
            if (Path.of(name.toString()).equals(name)) {
                return name.toString();
            }
        } catch (InvalidPathException _) {
            // Not text.
        }
        String uri = path.toAbsolutePath().toUri().getRawPath();
        String whole = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
        return whole.substring(whole.lastIndexOf('/') + 1);
    }

    // File systems permit 255 bytes, and suffixes follow.
    private static String shortened(String name) {
        boolean fits = name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
        return fits ? name : name.substring(0, Math.min(name.length(), MAX_NAME_BYTES / 4));
    }

    private static boolean isFree(Path folder, String name) {
        return isFree(folder.resolve(name))
                && isFree(folder.resolve(SpoolDirectories.resultOf(name)))
                && isFree(folder.resolve(SpoolDirectories.reasonOf(name)));
    }

    // A dangling link occupies a name, too.
    private static boolean isFree(Path path) {
        return !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
