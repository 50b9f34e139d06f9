package org.precertocsp.responder.io;

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
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A lock that one process at a time holds, on a file created for it. The kernel releases it when
/// the process ends: unlike a file with a process number, it cannot become stale.
///
/// A process that closes any channel of a file loses its lock on it, even a channel used only for
/// reading. So a lock's file contains nothing else, and its holder opens it in no other way. Within
/// one process Java rejects a second holder, which counts as held here.
///
/// [#isHeld] takes a shared lock for a moment, which would prevent a process from taking the
/// exclusive lock: a process that must have it tries for a while.
public final class ProcessLock implements AutoCloseable {
    /// Long enough to outlast calls of [#isHeld].
    public static final Duration A_WHILE = Duration.ofSeconds(1);

    private static final Duration POLL = Duration.ofMillis(50);

    private final FileChannel channel;
    private final Path file;

    private ProcessLock(FileChannel channel, Path file) {
        this.channel = channel;
        this.file = file;
    }

    /// Empty if another process, or this one, holds it.
    ///
    /// @param limit keeps trying for this long; zero tries once
    /// @param attributes of the file, if it is created
    public static Optional<ProcessLock> tryTake(
            Path file, Duration limit, FileAttribute<?>... attributes) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        attributes);
        boolean taken = false;
        try {
            long end = System.nanoTime() + limit.toNanos();
            taken = tryLock(channel, false);
            while (!taken && System.nanoTime() - end < 0) {
                LockSupport.parkNanos(POLL.toNanos());
                taken = tryLock(channel, false);
            }
            return taken ? Optional.of(new ProcessLock(channel, file)) : Optional.empty();
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    /// True if a process holds it now. Not for the process that holds it itself.
    ///
    /// @throws IOException the file cannot be read, most likely for lack of permission
    public static boolean isHeld(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return !tryLock(channel, true);
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    // Closing the channel releases the lock.
    private static boolean tryLock(FileChannel channel, boolean shared) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            return lock != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    /// Writes a text into the file, for processes that find it locked.
    public void write(String text) throws IOException {
        channel.truncate(0);
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// False if somebody deleted the file: the next process would create another, and lock that.
    public boolean isThere() {
        return Files.exists(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
