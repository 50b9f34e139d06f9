package org.precertocsp.responder.cluster.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.io.FileCopier;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.RowTables;

/// Verifies a snapshot on disk without taking it: its signature, the size and hash of each file,
/// that each is a table that opens, with as many rows, and that the rows have the digests.
public final class SnapshotVerifier {
    private SnapshotVerifier() {}

    /// What the caller does meanwhile.
    public interface Progress {
        /// @param bytes of files that were compared since the last call
        void compared(long bytes);

        /// @param rows that were read since the last call
        void read(long rows);
    }

    /// Blocks until all of it was read.
    ///
    /// @param cluster lists the authorities
    /// @throws IOException a file cannot be read
    public static SnapshotManifest verify(Path snapshot, ClusterConfig cluster, Progress progress)
            throws IOException, InvalidSnapshotException {
        if (!Files.isRegularFile(snapshot.resolve(SnapshotManifest.FILE))) {
            throw new InvalidSnapshotException(
                    "%s is no complete snapshot: it has no %s. Name one of those in cluster.snapshots.directory"
                            .formatted(snapshot, SnapshotManifest.FILE));
        }
        SnapshotManifest manifest;
        try (SnapshotSource source = new SnapshotSource.Directory(snapshot)) {
            manifest = SnapshotBootstrap.manifest(source, "", cluster);
        } catch (InterruptedException e) {
            throw new IllegalStateException("a directory does not wait", e);
        }
        FileCopier reader = new FileCopier(OptionalLong.empty(), progress::compared);
        List<RowTables.Source> tables = new ArrayList<>();
        for (SnapshotManifest.Item item : manifest.files()) {
            Path file = snapshot.resolve(item.name());
            if (!Files.isRegularFile(file)) {
                throw new InvalidSnapshotException(
                        "%s is missing: use another snapshot".formatted(file));
            }
            FileCopier.Copied found = reader.hash(file);
            if (found.bytes() != item.bytes() || !found.sha256().equals(item.sha256())) {
                throw new InvalidSnapshotException(
                        "%s is not what authority %s wrote: use another snapshot, and find out who or what changed this one"
                                .formatted(file, manifest.authority()));
            }
            tables.add(new RowTables.Source(item.name(), file));
        }
        compareRows(snapshot, manifest, tables, progress);
        return manifest;
    }

    private static void compareRows(
            Path snapshot,
            SnapshotManifest manifest,
            List<RowTables.Source> tables,
            Progress progress)
            throws InvalidSnapshotException {
        RowTables.Written found;
        try {
            found = RowTables.check(tables, progress::read);
        } catch (StoreException e) {
            throw new InvalidSnapshotException(
                    "%s cannot be taken by this version: %s".formatted(snapshot, e.getMessage()));
        }
        List<Long> rows = manifest.files().stream().map(SnapshotManifest.Item::rows).toList();
        boolean same =
                found.tables().stream().map(RowTables.Table::rows).toList().equals(rows)
                        && found.digests().stream()
                                .map(SnapshotManifest.Digest::of)
                                .toList()
                                .equals(manifest.digests());
        if (!same) {
            throw new InvalidSnapshotException(
                    "%s has other rows than its manifest says, though it is signed: authority %s wrote it wrongly. Use another snapshot"
                            .formatted(snapshot, manifest.authority()));
        }
    }
}
