package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The sign that a server watches a spool: a lock on a file, which the kernel takes away with the
/// process. Unlike a time written now and then it cannot go stale, and stays while a load is long.
final class WatchSign implements AutoCloseable {
    // Whoever asks holds the lock for a moment, which must not keep a server from starting.
    private static final int ATTEMPTS = 20;
    private static final long BETWEEN_ATTEMPTS_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final FileChannel channel;

    private WatchSign(FileChannel channel) {
        this.channel = channel;
    }

    /// @throws IOException if another process watches, or the file cannot be written
    static WatchSign put(Path file, List<String> more) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-r-----")));
        try {
            lock(channel, file);
            channel.truncate(0);
            StringBuilder text =
                    new StringBuilder("process " + ProcessHandle.current().pid() + "\n");
            more.forEach(line -> text.append(line).append('\n'));
            String holder = text.toString();
            ByteBuffer octets = ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8));
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            return new WatchSign(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(FileChannel channel, Path file) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (tryLock(channel, false) != null) {
                return;
            }
            LockSupport.parkNanos(BETWEEN_ATTEMPTS_NANOS);
        }
        throw new IOException(
                "another server watches this spool ("
                        + file
                        + " is locked by "
                        + Files.readString(file).lines().findFirst().orElse("another process")
                        + "); give each server a spool of its own");
    }

    /// Whether a server watches now.
    ///
    /// @throws IOException if the file cannot be read, for want of permission most likely
    static boolean isThere(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return tryLock(channel, true) == null;
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    // The lock goes with its channel. Inside one process the virtual machine knows it is taken.
    private static @Nullable FileLock tryLock(FileChannel channel, boolean shared)
            throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    /// Takes the sign away.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
