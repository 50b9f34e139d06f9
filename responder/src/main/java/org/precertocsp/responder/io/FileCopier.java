package org.precertocsp.responder.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/// Copies files durably, with their hashes, at a limited rate. Not thread-safe.
public final class FileCopier {
    private static final int BUFFER_BYTES = 1 << 20;

    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final OptionalLong bytesPerSecond;
    private final LongConsumer progress;
    private final TreeSet<Path> directories = new TreeSet<>();
    private final long begin = System.nanoTime();
    private long done;

    /// @param progress receives the bytes of each step
    public FileCopier(OptionalLong bytesPerSecond, LongConsumer progress) {
        this.bytesPerSecond = bytesPerSecond;
        this.progress = progress;
    }

    /// @param bytes copied
    public record Copied(long bytes, String sha256) {}

    /// Copies the beginning of a file. Its content is on disk when this returns, its name after
    /// [#sync].
    ///
    /// @param to does not exist yet; missing directories above it are created
    /// @param most bytes to copy; the file may have fewer
    public Copied copy(Path from, Path to, long most) throws IOException {
        // A link in a directory of ours was put there by somebody else.
        try (FileChannel in =
                FileChannel.open(
                        from, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            return copy(in, to, most);
        }
    }

    /// As above, from a stream, which is not closed.
    public Copied copy(InputStream from, Path to, long most) throws IOException {
        return copy(Channels.newChannel(from), to, most);
    }

    private Copied copy(ReadableByteChannel from, Path to, long most) throws IOException {
        createDirectories(to.resolveSibling("."));
        MessageDigest digest = sha256();
        long[] copied = {0};
        DurableFile.create(
                to,
                out -> copied[0] = read(from, most, digest, out::write),
                DurableFile.permissions("rw-------"));
        return new Copied(copied[0], HexFormat.of().formatHex(digest.digest()));
    }

    /// Reads a file without copying it.
    public Copied hash(Path file) throws IOException {
        MessageDigest digest = sha256();
        long bytes;
        try (FileChannel in =
                FileChannel.open(
                        file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            bytes = read(in, Long.MAX_VALUE, digest, (_, _, _) -> {});
        }
        return new Copied(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    @FunctionalInterface
    private interface Sink {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    private long read(ReadableByteChannel in, long most, MessageDigest digest, Sink sink)
            throws IOException {
        long copied = 0;
        while (copied < most) {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, most - copied));
            int read = in.read(buffer);
            if (read < 0) {
                break;
            }
            digest.update(buffer.array(), 0, read);
            sink.write(buffer.array(), 0, read);
            copied += read;
            done += read;
            progress.accept(read);
            keepToRate();
        }
        return copied;
    }

    private void keepToRate() {
        if (bytesPerSecond.isPresent()) {
            double seconds = (double) done / bytesPerSecond.getAsLong();
            long early =
                    (long) (seconds * TimeUnit.SECONDS.toNanos(1)) - (System.nanoTime() - begin);
            if (early > 0) {
                LockSupport.parkNanos(early);
            }
        }
    }

    private void createDirectories(Path directory) throws IOException {
        Path missing = directory.toAbsolutePath().normalize();
        DurableFile.createDirectory(missing);
        directories.add(missing);
    }

    /// Makes the names of all copied files durable.
    ///
    /// @param root the directory above all of them
    public void sync(Path root) throws IOException {
        Path top = root.toAbsolutePath().normalize();
        for (Path directory : directories) {
            for (Path at = directory; at != null && at.startsWith(top); at = at.getParent()) {
                DurableFile.syncDirectory(at);
            }
        }
        DurableFile.syncDirectory(top);
        Path above = top.getParent();
        if (above != null && Files.isReadable(above)) {
            DurableFile.syncDirectory(above);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
