package org.precertocsp.responder.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.precertocsp.responder.audit.AuditLogConfig.Disk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file a log is being written to. Not thread-safe.
///
/// Does not use a channel: an interrupted thread would close it for all others.
final class SegmentWriter implements AutoCloseable {
    /// This many synced bytes are written again after a failure: more than a block of any file
    /// system, since truncating changes the last block.
    private static final int REWRITTEN_BYTES = 1 << 16;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentWriter.class);

    private final Path path;
    private final RandomAccessFile file;
    private final Disk disk;
    private long bytes;
    private long synced;
    private boolean torn;

    private SegmentWriter(Path path, RandomAccessFile file, Disk disk, long bytes) {
        this.path = path;
        this.file = file;
        this.disk = disk;
        this.bytes = bytes;
    }

    static SegmentWriter create(Path file, Disk disk) throws IOException {
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return resume(file, 0, disk);
    }

    /// Continues after `bytes`; the rest of the file is truncated.
    static SegmentWriter resume(Path path, long bytes, Disk disk) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        try {
            file.setLength(bytes);
            file.seek(bytes);
            return new SegmentWriter(path, file, disk, bytes);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    void append(byte[] line) throws IOException {
        byte[] whole = Arrays.copyOf(line, line.length + 1);
        whole[line.length] = '\n';
        boolean written = false;
        try {
            disk.write(file, whole);
            bytes += whole.length;
            written = true;
        } finally {
            if (!written) {
                // A full disk leaves an incomplete line, which must not precede the next.
                cutBack();
            }
        }
    }

    /// Removes what was appended since, none of which was synced.
    void cutTo(long length) throws IOException {
        file.setLength(length);
        file.seek(length);
        bytes = length;
    }

    private void cutBack() {
        try {
            cutTo(bytes);
        } catch (IOException e) {
            torn = true;
            LOG.error("half a record at the end of {} could not be removed", path, e);
        }
    }

    /// True if an incomplete line stands at the end and could not be removed: nothing more may
    /// follow.
    boolean isTorn() {
        return torn;
    }

    void force() throws IOException {
        disk.sync(file);
        synced = bytes;
    }

    /// Truncates what was not synced, and writes the last synced bytes again: after a failed sync
    /// the blocks on disk are unknown, although the system considers them clean.
    void cutToSynced() throws IOException {
        try (SegmentWriter again = resume(path, synced, disk)) {
            byte[] end = new byte[(int) Math.min(synced, REWRITTEN_BYTES)];
            again.file.seek(synced - end.length);
            again.file.readFully(end);
            again.file.seek(synced - end.length);
            disk.write(again.file, end);
            disk.sync(again.file);
        }
    }

    Path path() {
        return path;
    }

    long bytes() {
        return bytes;
    }

    /// Number of bytes known to be on disk.
    long synced() {
        return synced;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
