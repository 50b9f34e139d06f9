package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.SummaryJson;

/// Moves what was processed out of the way, with what became of it beside it.
final class Departures {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final int MAX_NAME_OCTETS = 180;

    private final SpoolFolders folders;
    private final InstantSource clock;

    Departures(SpoolFolders folders, InstantSource clock) {
        this.folders = folders;
        this.clock = clock;
    }

    /// Moves one processed file to `done` or `refused` under `name`, or that name with a suffix.
    ///
    /// @param summary what became of it
    /// @param origin the folder to put it back into
    void depart(Path file, String name, LoadSummary summary, Path origin) throws IOException {
        boolean taken = summary.refusedFile().isEmpty();
        Path folder = taken ? folders.done() : folders.refused();
        String free = freeName(folder, name);
        // What became of it comes first: after a crash the file is processed again, which changes
        // nothing; a file moved away without its result would leave its sender waiting.
        Durable.place(folder.resolve(SpoolFolders.resultOf(free)), SummaryJson.bytes(summary));
        if (!taken) {
            explain(folder.resolve(SpoolFolders.reasonOf(free)), summary, origin);
        }
        Files.move(file, folder.resolve(free));
        Durable.forceNames(folder);
    }

    /// Moves something that is no file or parcel to `refused`.
    void refuse(Path something, String why) throws IOException {
        String free = freeName(folders.refused(), String.valueOf(something.getFileName()));
        String text = "Nothing of %s was loaded.%n%nCause: %s%n".formatted(something, why);
        Durable.place(
                folders.refused().resolve(SpoolFolders.reasonOf(free)),
                text.getBytes(StandardCharsets.UTF_8));
        Files.move(something, folders.refused().resolve(free));
        Durable.forceNames(folders.refused());
    }

    private static void explain(Path target, LoadSummary summary, Path origin) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("Nothing of this file was loaded; all statuses are as they were.\n\n");
        text.append("File:  ").append(summary.file()).append('\n');
        text.append("Cause: ").append(summary.refusedFile().orElse("")).append('\n');
        for (LoadSummary.Report report : summary.reports()) {
            text.append("       ").append(report.severity()).append(' ').append(report.place());
            text.append(": ").append(report.reason()).append('\n');
        }
        text.append("\nRemove the cause, then write the file into the spool's tmp folder and")
                .append(" rename it into\n")
                .append(origin)
                .append("\nor load it with `precert-ocsp load ")
                .append(summary.kind())
                .append("`.\n");
        Durable.place(target, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private String freeName(Path folder, String original) {
        String name = room(original);
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

    // File systems allow 255 octets, and suffixes follow.
    private static String room(String name) {
        boolean fits = name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_OCTETS;
        return fits ? name : name.substring(0, Math.min(name.length(), MAX_NAME_OCTETS / 4));
    }

    private static boolean isFree(Path folder, String name) {
        return isFree(folder.resolve(name))
                && isFree(folder.resolve(SpoolFolders.resultOf(name)))
                && isFree(folder.resolve(SpoolFolders.reasonOf(name)));
    }

    // A dangling link is a name taken, too.
    private static boolean isFree(Path path) {
        return !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
