package org.precertocsp.responder.metrics.unassigned;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.io.Json;

/// The counts of each hour on disk, one file per hour, replaced as a whole. Not synced: these are
/// statistics, of which a crash may lose the last minute.
final class HourlyCountStore {
    private static final int VERSION = 1;
    private static final String SUFFIX = ".json";
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH'Z'").withZone(ZoneOffset.UTC);

    /// The content of a file.
    private record Content(int version, List<SerialRequestSketch.Kept> issuers) {}

    private record Usual(int version, Map<String, SurgeDetector.Kept> issuers) {}

    private final Path directory;

    HourlyCountStore(Path directory) {
        this.directory = directory;
    }

    void create() throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// @param hour beginning of the hour
    void write(Instant hour, Map<String, SerialRequestSketch> issuers) throws IOException {
        List<SerialRequestSketch.Kept> kept = new ArrayList<>();
        issuers.forEach((issuer, asked) -> kept.add(asked.kept(issuer)));
        replace(file(hour), new Content(VERSION, kept));
    }

    /// By issuer name; empty without requests.
    ///
    /// @throws IOException the file cannot be read, naming it
    Map<String, SerialRequestSketch> read(Instant hour) throws IOException {
        Map<String, SerialRequestSketch> issuers = new TreeMap<>();
        try {
            Content content = Json.MAPPER.readValue(Files.readAllBytes(file(hour)), Content.class);
            content.issuers()
                    .forEach(kept -> issuers.put(kept.issuer(), SerialRequestSketch.of(kept)));
        } catch (NoSuchFileException _) {
            return issuers;
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    file(hour) + " cannot be read: delete it to continue without that hour", e);
        }
        return issuers;
    }

    /// The stored hours, oldest first.
    List<Instant> hours() throws IOException {
        List<Instant> hours = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[0-9]*Z.json")) {
            files.forEach(file -> hour(file).ifPresent(hours::add));
        } catch (NoSuchFileException _) {
            return hours;
        }
        hours.sort(null);
        return hours;
    }

    void removeBefore(Instant oldest) throws IOException {
        for (Instant hour : hours()) {
            if (hour.isBefore(oldest.truncatedTo(ChronoUnit.HOURS))) {
                Files.deleteIfExists(file(hour));
            }
        }
    }

    void writeUsual(Map<String, SurgeDetector.Kept> issuers) throws IOException {
        replace(usual(), new Usual(VERSION, issuers));
    }

    Map<String, SurgeDetector.Kept> readUsual() throws IOException {
        try {
            return Json.MAPPER.readValue(Files.readAllBytes(usual()), Usual.class).issuers();
        } catch (NoSuchFileException _) {
            return Map.of();
        } catch (IOException e) {
            throw new IOException(
                    usual() + " cannot be read: delete it to learn the usual numbers again", e);
        }
    }

    private Path file(Instant hour) {
        return directory.resolve(NAME.format(hour) + SUFFIX);
    }

    private Path usual() {
        return directory.resolve("usual" + SUFFIX);
    }

    private static Optional<Instant> hour(Path file) {
        String name = String.valueOf(file.getFileName());
        String hour = name.substring(0, name.length() - SUFFIX.length()).replace("Z", ":00:00Z");
        try {
            return Optional.of(Instant.parse(hour));
        } catch (DateTimeParseException _) {
            // Not one of these files.
            return Optional.empty();
        }
    }

    private static void replace(Path file, Record content) throws IOException {
        DurableFile.replace(file, Json.bytes(content));
    }
}
