package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Files that are there whole or not at all, after a power cut too.
final class Durable {
    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private static final FileAttribute<?> GROUP_READS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

    private Durable() {}

    /// Writes a new file, 0640, and forces it to disk; not yet its name.
    static void write(Path target, byte[] content) throws IOException {
        try (FileChannel out = FileChannel.open(target, NEW, GROUP_READS)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            out.force(true);
        }
    }

    /// As [#write], from a file of any size.
    static void copy(Path source, Path target) throws IOException {
        try (FileChannel out = FileChannel.open(target, NEW, GROUP_READS)) {
            Files.copy(source, Channels.newOutputStream(out));
            out.force(true);
        }
    }

    /// Writes under a name the spool ignores, then renames: readers see all of it or nothing. What
    /// a crash left half-written is replaced.
    static void place(Path target, byte[] content) throws IOException {
        Path folder = target.resolveSibling(".").normalize();
        Path unfinished = folder.resolve("." + target.getFileName() + ".tmp");
        Files.deleteIfExists(unfinished);
        write(unfinished, content);
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        forceNames(folder);
    }

    /// Forces to disk which names a folder holds.
    static void forceNames(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
