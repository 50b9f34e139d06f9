package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.SummaryJson;
import org.precertocsp.responder.intake.spool.ParcelNote.Item;
import org.precertocsp.responder.io.DurableFile;

/// A command's side of a spool: sends files to the running server and asks what became of them.
public final class SpoolClient {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final int RANDOM_OCTETS = 8;
    private static final int KEPT_OF_NAME = 80;

    private final SpoolFolders folders;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public SpoolClient(SpoolConfig config, InstantSource clock) {
        this.folders = new SpoolFolders(config.directory());
        this.clock = clock;
    }

    /// One file to send.
    ///
    /// @param name as the operator named it
    public record Sending(Path path, String name) {}

    /// Files on their way.
    ///
    /// @param stored their names in the spool, in the order sent
    public record Sent(FeedKind kind, String id, List<String> stored) {
        public Sent {
            stored = List.copyOf(stored);
        }
    }

    /// What is known of files sent.
    public sealed interface News {
        /// @param processed how many files of those sent
        record Waiting(int processed) implements News {}

        /// @param summaries one per file, in the order sent
        record Answered(List<LoadSummary> summaries) implements News {}

        /// The server could not read what was sent, as when it is of another version.
        record Returned(String why) implements News {}
    }

    /// Whether a server looks after the spool now.
    ///
    /// @throws IOException if that cannot be found out, for want of permission most likely
    public boolean serverWatches() throws IOException {
        return WatchSign.isThere(folders.alive());
    }

    /// As below, for files loaded as usual.
    public Sent send(FeedKind kind, Optional<String> issuer, List<Sending> files)
            throws IOException {
        return send(kind, issuer, LoadOptions.USUAL, files);
    }

    /// Those of the issuers given that the running server does not have, as it was started with
    /// another configuration; empty if it does not tell.
    ///
    /// @throws IOException if that cannot be read
    public List<String> missingInServer(FedIssuer.Directory configured) throws IOException {
        Set<String> served =
                Files.readAllLines(folders.alive()).stream()
                        .filter(line -> line.startsWith(SpoolFolders.ISSUER))
                        .collect(Collectors.toSet());
        return served.isEmpty()
                ? List.of()
                : SpoolFolders.issuers(configured).stream()
                        .filter(line -> !served.contains(line))
                        .map(line -> line.replaceFirst("^issuer \\S+ ", ""))
                        .toList();
    }

    /// Copies the files into the spool, where they appear all at once and survive a crash.
    ///
    /// @param issuer the configured issuer the operator named
    /// @throws IOException nothing was sent
    public Sent send(
            FeedKind kind, Optional<String> issuer, LoadOptions options, List<Sending> files)
            throws IOException {
        String id = id();
        Path writing = folders.writing().resolve(SpoolFolders.SENT + id);
        Ownership.createFolder(writing, folders.root());
        try {
            ParcelNote note = write(writing, id, new ParcelNote(issuer, options, List.of()), files);
            Path parcel = folders.of(kind).resolve(SpoolFolders.SENT + id);
            DurableFile.syncDirectory(writing);
            Files.move(writing, parcel, StandardCopyOption.ATOMIC_MOVE);
            DurableFile.syncDirectory(folders.of(kind));
            return new Sent(kind, id, note.items().stream().map(Item::stored).toList());
        } catch (IOException e) {
            discard(writing, e);
            throw e;
        }
    }

    private ParcelNote write(Path writing, String id, ParcelNote empty, List<Sending> files)
            throws IOException {
        List<Item> items = new ArrayList<>();
        for (Sending file : files) {
            Item item = new Item(storedName(id, items.size() + 1, file), file.name());
            Path target = writing.resolve(item.stored());
            DurableFile.create(
                    target, out -> Files.copy(file.path(), out), SpoolFolders.GROUP_READS);
            Ownership.share(target, folders.root());
            items.add(item);
        }
        ParcelNote note = new ParcelNote(empty.issuer(), empty.options(), items);
        DurableFile.create(
                writing.resolve(ParcelNote.FILE),
                out -> out.write(note.bytes()),
                SpoolFolders.GROUP_READS);
        Ownership.share(writing.resolve(ParcelNote.FILE), folders.root());
        return note;
    }

    /// Asks without waiting.
    ///
    /// @throws IOException if the results cannot be read, for want of permission most likely
    public News news(Sent sent) throws IOException {
        // In this order: from the first folder it moves to the second.
        for (Path folder : List.of(folders.of(sent.kind()), folders.arrived(sent.kind()))) {
            Path parcel = folder.resolve(SpoolFolders.SENT + sent.id());
            if (Files.exists(parcel)) {
                return new News.Waiting(processed(parcel, sent));
            }
        }
        String returned = SpoolFolders.SENT + sent.id();
        if (Files.exists(folders.refused().resolve(returned))) {
            Path reason = folders.refused().resolve(SpoolFolders.reasonOf(returned));
            return new News.Returned(Files.readString(reason).strip());
        }
        List<LoadSummary> summaries = new ArrayList<>();
        for (String stored : sent.stored()) {
            Optional<LoadSummary> summary = result(stored);
            if (summary.isEmpty()) {
                return new News.Returned("someone took its results out of " + folders.root());
            }
            summaries.add(summary.get());
        }
        return new News.Answered(summaries);
    }

    private static int processed(Path parcel, Sent sent) {
        return (int)
                sent.stored().stream()
                        .filter(name -> Files.exists(parcel.resolve(SpoolFolders.resultOf(name))))
                        .count();
    }

    private Optional<LoadSummary> result(String stored) throws IOException {
        for (Path folder : List.of(folders.done(), folders.refused())) {
            try {
                return Optional.of(SummaryJson.read(folder.resolve(SpoolFolders.resultOf(stored))));
            } catch (NoSuchFileException _) {
                // Then it is in the other folder.
            }
        }
        return Optional.empty();
    }

    private String id() {
        byte[] octets = new byte[RANDOM_OCTETS];
        random.nextBytes(octets);
        return TIME.format(clock.instant()) + "-" + HexFormat.of().formatHex(octets);
    }

    private static String storedName(String id, int number, Sending file) {
        String plain =
                String.valueOf(Path.of(file.name()).getFileName())
                        .replaceAll("[^A-Za-z0-9._-]", "_");
        // The end of a name says most: what kind of file it is.
        String end = plain.substring(Math.max(0, plain.length() - KEPT_OF_NAME));
        return "%s-%04d-%s".formatted(id, number, end);
    }

    private static void discard(Path folder, IOException cause) {
        try (var rest = Files.newDirectoryStream(folder)) {
            for (Path path : rest) {
                Files.delete(path);
            }
            Files.delete(folder);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
