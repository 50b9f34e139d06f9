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
/// @param origin the log's name in checkpoints; never changes
/// @param segmentBytes size in bytes at which a file is followed by another and compressed
/// @param carry fields for the first record of a file, which summarise the files before
/// @param alarm notified of a log that was modified or damaged
/// @param packAfter delay before files that an earlier process filled are compressed
/// @param tasks runs the compression of full files
/// @param disk writes records to disk
public record AuditLogConfig(
        Path folder,
        String origin,
        CheckpointSigner key,
        CheckpointStore anchor,
        long segmentBytes,
        Supplier<Map<String, Object>> carry,
        Alarm alarm,
        InstantSource clock,
        Duration packAfter,
        BackgroundTasks tasks,
        Disk disk) {
    /// The calls that write records to disk; tests replace it to simulate disk failures.
    public interface Disk {
        Disk REAL =
                new Disk() {
                    @Override
                    public void write(RandomAccessFile file, byte[] bytes) throws IOException {
                        file.write(bytes);
                    }

                    @Override
                    public void sync(RandomAccessFile file) throws IOException {
                        file.getFD().sync();
                    }
                };

        /// Writes everything, or throws; then any part of it may be in the file.
        void write(RandomAccessFile file, byte[] bytes) throws IOException;

        /// Returns once everything written to the file is on disk.
        void sync(RandomAccessFile file) throws IOException;
    }

    /// For a process other than the server.
    public AuditLogConfig(
            Path folder,
            String origin,
            CheckpointSigner key,
            CheckpointStore anchor,
            long segmentBytes,
            Supplier<Map<String, Object>> carry,
            Alarm alarm,
            InstantSource clock,
            Duration packAfter) {
        this(
                folder,
                origin,
                key,
                anchor,
                segmentBytes,
                carry,
                alarm,
                clock,
                packAfter,
                BackgroundTasks.logged(),
                Disk.REAL);
    }

    /// The file with the newest checkpoint, for witnesses.
    public static final String CHECKPOINT_FILE = "checkpoint";

    /// The file with the key that signed it.
    public static final String VERIFIER_FILE = "vkey";
}
