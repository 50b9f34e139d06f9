package org.precertocsp.responder.cluster.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.precertocsp.responder.cluster.SnapshotPosition;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.io.FileCopier;
import org.precertocsp.responder.io.ProcessLock;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.RowTables;

/// Writes snapshots of an authority's store. Used by one thread.
public final class SnapshotWriter {
    private static final long SPARE_BYTES = 64 << 20;

    /// A table of these rows is smaller, unless they are very few.
    private static final int BYTES_OF_A_ROW = 100;

    private final SnapshotDirectory directory;
    private final String authority;
    private final PrivateKey key;
    private final int keep;
    private final String program;
    private final InstantSource clock;

    /// @param authority whose store it is
    /// @param key its cluster key
    /// @param keep how many of its snapshots to keep
    /// @param program this version
    public SnapshotWriter(
            SnapshotDirectory directory,
            String authority,
            PrivateKey key,
            int keep,
            String program,
            InstantSource clock) {
        this.directory = directory;
        this.authority = authority;
        this.key = key;
        this.keep = keep;
        this.program = program;
        this.clock = clock;
    }

    /// What the caller does meanwhile.
    @FunctionalInterface
    public interface Progress {
        /// @param rows read since the last call
        /// @param all rows, about; the same in each call
        void wrote(long rows, long all);
    }

    /// A complete snapshot.
    public record Made(Path path, SnapshotManifest manifest) {}

    /// Writes a snapshot of this moment, while the store changes, and deletes those that are too
    /// many.
    ///
    /// @throws IOException it could not be written, and nothing of it is left
    /// @throws StoreException the store could not be read, likewise
    public Made write(RocksStore store, Progress progress) throws IOException {
        DurableFile.createDirectory(directory.path());
        try (ProcessLock _ =
                ProcessLock.tryTake(directory.lockFile(authority), ProcessLock.A_WHILE)
                        .orElseThrow(
                                () ->
                                        new IOException(
                                                "another snapshot is being written to %s: wait until it is complete"
                                                        .formatted(directory.path())))) {
            return writeAlone(store, progress);
        }
    }

    private Made writeAlone(RocksStore store, Progress progress) throws IOException {
        directory.removeUnfinished(authority);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        String name = SnapshotDirectory.name(now, authority);
        Path done = directory.path().resolve(name);
        if (Files.exists(done)) {
            throw new IOException(done + " was made in this second: wait for the next one");
        }
        Path unfinished = directory.unfinished(name);
        boolean complete = false;
        try (RowTables rows = store.frozenRows()) {
            SnapshotPosition end =
                    rows.position()
                            .map(SnapshotPosition::of)
                            .orElseThrow(
                                    () ->
                                            new IOException(
                                                    "this node has read nothing of its cluster's log yet"));
            long all = rows.estimate();
            refuseWithoutSpace(all, store.figures().tables());
            Files.createDirectory(unfinished);
            RowTables.Written written = rows.write(unfinished, read -> progress.wrote(read, all));
            SnapshotManifest manifest = manifest(now, end, rows, written, unfinished);
            manifest.write(unfinished, key);
            DurableFile.syncDirectory(unfinished);
            DurableFile.move(unfinished, done);
            complete = true;
            directory.prune(authority, keep);
            directory.writeIndex();
            return new Made(done, manifest);
        } finally {
            if (!complete) {
                SnapshotDirectory.remove(unfinished);
            }
        }
    }

    /// @param tables bytes of the store's own, which may be packed more densely
    private void refuseWithoutSpace(long rows, long tables) throws IOException {
        long needed = Math.min(rows * BYTES_OF_A_ROW, 2 * tables + SPARE_BYTES) + SPARE_BYTES;
        long usable = Files.getFileStore(directory.path()).getUsableSpace();
        if (usable < needed) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "a snapshot of %,d rows may need %,d MB, and the volume of %s has only %,d"
                                    + " MB left: free space there, keep fewer (cluster.snapshots.keep),"
                                    + " or name another directory (cluster.snapshots.directory)",
                            rows,
                            needed / 1_000_000,
                            directory.path(),
                            usable / 1_000_000));
        }
    }

    private SnapshotManifest manifest(
            Instant now,
            SnapshotPosition end,
            RowTables rows,
            RowTables.Written written,
            Path folder)
            throws IOException {
        FileCopier reader = new FileCopier(OptionalLong.empty(), _ -> {});
        List<SnapshotManifest.Item> items = new ArrayList<>();
        for (RowTables.Table table : written.tables()) {
            FileCopier.Copied file = reader.hash(folder.resolve(table.file()));
            items.add(
                    new SnapshotManifest.Item(
                            table.file(),
                            table.answers(),
                            table.rows(),
                            file.bytes(),
                            file.sha256()));
        }
        return new SnapshotManifest(
                SnapshotManifest.FORMAT,
                now,
                program,
                authority,
                RowTables.schema(),
                end.generation(),
                end.sequence(),
                end.offset(),
                end.encoded().toHex(),
                rows.mark().map(it -> new SnapshotManifest.OwnSet(it.set(), it.value().toHex())),
                items,
                written.digests().stream().map(SnapshotManifest.Digest::of).toList());
    }
}
