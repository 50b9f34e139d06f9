package org.precertocsp.responder.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.task.BackgroundTasks;

/// The settings of one log.
///
/// @param origin names it in checkpoints; never changes
/// @param segmentOctets a file of that size is followed by another and compressed
/// @param carry what the first record of a file tells its reader of the files before
/// @param alarm told of a log that is not what was written
/// @param packAfter how long files that an earlier process filled wait to be compressed
/// @param tasks runs what compresses full files
/// @param disk how records reach it
public record AuditLogConfig(
        Path folder,
        String origin,
        CheckpointSigner key,
        CheckpointStore anchor,
        long segmentOctets,
        Supplier<Map<String, Object>> carry,
        Alarm alarm,
        InstantSource clock,
        Duration packAfter,
        BackgroundTasks tasks,
        Disk disk) {
    /// The calls that bring records to disk; the seam where tests let a disk fail.
    public interface Disk {
        Disk REAL =
                new Disk() {
                    @Override
                    public void write(RandomAccessFile file, byte[] octets) throws IOException {
                        file.write(octets);
                    }

                    @Override
                    public void sync(RandomAccessFile file) throws IOException {
                        file.getFD().sync();
                    }
                };

        /// Writes all, or throws; then any part of it may be in the file.
        void write(RandomAccessFile file, byte[] octets) throws IOException;

        /// Returns once everything written to the file is on disk.
        void sync(RandomAccessFile file) throws IOException;
    }

    /// For a process that is no server.
    public AuditLogConfig(
            Path folder,
            String origin,
            CheckpointSigner key,
            CheckpointStore anchor,
            long segmentOctets,
            Supplier<Map<String, Object>> carry,
            Alarm alarm,
            InstantSource clock,
            Duration packAfter) {
        this(
                folder,
                origin,
                key,
                anchor,
                segmentOctets,
                carry,
                alarm,
                clock,
                packAfter,
                BackgroundTasks.logged(),
                Disk.REAL);
    }

    /// Where the newest checkpoint lies for witnesses.
    public static final String CHECKPOINT_FILE = "checkpoint";

    /// Where they find the key that signed it.
    public static final String VERIFIER_FILE = "vkey";
}
