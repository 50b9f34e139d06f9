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
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.LoadSummaryJson;
import org.precertocsp.responder.intake.spool.BatchManifest.Item;
import org.precertocsp.responder.io.DurableFile;

/// A command's side of a spool: sends files to the running server and reads their results.
public final class SpoolClient {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final int RANDOM_BYTES = 8;
    private static final int KEPT_OF_NAME = 80;

    private final SpoolDirectories folders;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public SpoolClient(SpoolConfig config, InstantSource clock) {
        this.folders = new SpoolDirectories(config.directory());
        this.clock = clock;
    }

    /// One file to send.
    ///
    /// @param name given by the operator
    public record Sending(Path path, String name) {}

    /// Files that were sent.
    ///
    /// @param stored their names in the spool, in the order sent
    public record Sent(FeedKind kind, String id, List<String> stored) {
        public Sent {
            stored = List.copyOf(stored);
        }
    }

    /// The state of sent files.
    public sealed interface News {
        /// @param processed number of processed files
        record Waiting(int processed) implements News {}

        /// @param summaries one per file, in the order sent
        record Answered(List<LoadSummary> summaries) implements News {}

        /// The server could not read the batch, for instance because it is of another version.
        record Returned(String why) implements News {}
    }

    /// Whether a server watches the spool now.
    ///
    /// @throws IOException if that cannot be determined, probably for lack of permission
    public boolean serverWatches() throws IOException {
        return WatcherLock.isHeld(folders.alive());
    }

    /// The given issuers that the running server does not have because it was started with another
    /// configuration; empty if the server does not list its issuers.
    ///
    /// @throws IOException if that cannot be read
    public List<String> missingInServer(ConfiguredIssuer.Directory configured) throws IOException {
        Set<String> served =
                Files.readAllLines(folders.alive()).stream()
                        .filter(line -> line.startsWith(SpoolDirectories.ISSUER))
                        .collect(Collectors.toSet());
        return served.isEmpty()
                ? List.of()
                : SpoolDirectories.issuers(configured).stream()
                        .filter(line -> !served.contains(line))
                        .map(line -> line.replaceFirst("^issuer \\S+ ", ""))
                        .toList();
    }

    /// Copies the files into the spool, where they appear all at once and durably.
    ///
    /// @param issuer the configured issuer the operator named
    /// @throws IOException nothing was sent
    public Sent send(
            FeedKind kind, Optional<String> issuer, LoadOptions options, List<Sending> files)
            throws IOException {
        String id = id();
        Path writing = folders.writing().resolve(SpoolDirectories.SENT + id);
        SpoolPermissions.createFolder(writing, folders.root());
        try {
            BatchManifest manifest =
                    write(writing, id, new BatchManifest(issuer, options, List.of()), files);
            Path batch = folders.of(kind).resolve(SpoolDirectories.SENT + id);
            DurableFile.syncDirectory(writing);
            Files.move(writing, batch, StandardCopyOption.ATOMIC_MOVE);
            DurableFile.syncDirectory(folders.of(kind));
            return new Sent(kind, id, manifest.items().stream().map(Item::stored).toList());
        } catch (IOException e) {
            discard(writing, e);
            throw e;
        }
    }

    private BatchManifest write(Path writing, String id, BatchManifest empty, List<Sending> files)
            throws IOException {
        List<Item> items = new ArrayList<>();
        for (Sending file : files) {
            Item item = new Item(storedName(id, items.size() + 1, file), file.name());
            Path target = writing.resolve(item.stored());
            DurableFile.create(
                    target, out -> Files.copy(file.path(), out), SpoolDirectories.GROUP_READS);
            SpoolPermissions.share(target, folders.root());
            items.add(item);
        }
        BatchManifest manifest = new BatchManifest(empty.issuer(), empty.options(), items);
        DurableFile.create(
                writing.resolve(BatchManifest.FILE),
                out -> out.write(manifest.bytes()),
                SpoolDirectories.GROUP_READS);
        SpoolPermissions.share(writing.resolve(BatchManifest.FILE), folders.root());
        return manifest;
    }

    /// Reads the state without waiting.
    ///
    /// @throws IOException if the results cannot be read, probably for lack of permission
    public News news(Sent sent) throws IOException {
        // In this order: it moves from the first directory to the second.
        for (Path folder : List.of(folders.of(sent.kind()), folders.arrived(sent.kind()))) {
            Path batch = folder.resolve(SpoolDirectories.SENT + sent.id());
            if (Files.exists(batch)) {
                return new News.Waiting(processed(batch, sent));
            }
        }
        String returned = SpoolDirectories.SENT + sent.id();
        if (Files.exists(folders.refused().resolve(returned))) {
            Path reason = folders.refused().resolve(SpoolDirectories.reasonOf(returned));
            return new News.Returned(Files.readString(reason).strip());
        }
        List<LoadSummary> summaries = new ArrayList<>();
        for (String stored : sent.stored()) {
            Optional<LoadSummary> summary = result(stored);
            if (summary.isEmpty()) {
                return new News.Returned("its results were removed from " + folders.root());
            }
            summaries.add(summary.get());
        }
        return new News.Answered(summaries);
    }

    private static int processed(Path batch, Sent sent) {
        return (int)
                sent.stored().stream()
                        .filter(
                                name ->
                                        Files.exists(
                                                batch.resolve(SpoolDirectories.resultOf(name))))
                        .count();
    }

    private Optional<LoadSummary> result(String stored) throws IOException {
        for (Path folder : List.of(folders.done(), folders.refused())) {
            try {
                return Optional.of(
                        LoadSummaryJson.read(folder.resolve(SpoolDirectories.resultOf(stored))));
            } catch (NoSuchFileException _) {
                // Then it is in the other directory.
            }
        }
        return Optional.empty();
    }

    private String id() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return TIME.format(clock.instant()) + "-" + HexFormat.of().formatHex(bytes);
    }

    private static String storedName(String id, int number, Sending file) {
        String plain =
                String.valueOf(Path.of(file.name()).getFileName())
                        .replaceAll("[^A-Za-z0-9._-]", "_");
        // The end of a name, with its extension, says most.
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
