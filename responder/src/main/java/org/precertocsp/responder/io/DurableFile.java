package org.precertocsp.responder.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Writes small files so that neither a crash nor a power cut can leave half of one.
///
/// A file system promises less than it seems to: a file that was written may be empty after a power
/// cut, and a file that was created or renamed may have its old name. [#write] therefore takes four
/// steps, and each of them needs the one before:
///
/// 1. Write the content under a temporary name in the same directory, since only a rename within
///    one file system is atomic. The temporary file is always a new one: an old one may be what a
///    crash left, or a symbolic link that somebody else put into a shared directory.
/// 2. `fsync` the temporary file. Without this the rename may reach the disk before the content,
///    and a power cut leaves an empty file under the final name.
/// 3. Rename it over the final name, atomically. A reader sees the old content or the new one.
/// 4. `fsync` the directory. Without this the rename itself may be lost, and a caller that was
///    promised durability finds the old content after a power cut.
///
/// A crash before step 3 leaves a file `.NAME.tmp` behind, which the next write of that name
/// replaces; code that lists a directory skips names that begin with a dot or end with
/// [#TEMPORARY_SUFFIX].
///
/// It is broken by: a second writer of the same file at the same time, which a lock must prevent;
/// an interrupt, which closes the file being written, so that the write fails with an exception and
/// the old content stays; a file system or disk that does not honour `fsync`. Files that grow by
/// appending, such as the audit log, have their own rules and are not written with this.
public final class DurableFile {
    /// Every temporary file ends with this.
    public static final String TEMPORARY_SUFFIX = ".tmp";

    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    /// Writes the content of a file, of any length.
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private DurableFile() {}

    /// An argument of the methods below, from a text such as `rw-------`.
    public static FileAttribute<Set<PosixFilePermission>> permissions(String symbolic) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(symbolic));
    }

    /// Replaces the file, or creates it. Content and name are on disk when this returns.
    ///
    /// @param attributes of the new file; by default the process's umask applies
    public static void write(Path file, byte[] content, FileAttribute<?>... attributes)
            throws IOException {
        Path temporary = temporary(file);
        create(temporary, out -> out.write(content), attributes);
        move(temporary, file);
    }

    /// As [#write], without waiting for the disk: readers see the old content or the new one, and a
    /// power cut may lose both. For content that is cheap to lose, or read only while this process
    /// runs.
    public static void replace(Path file, byte[] content) throws IOException {
        Path temporary = temporary(file);
        Files.write(temporary, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path temporary(Path file) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + TEMPORARY_SUFFIX);
        Files.deleteIfExists(temporary);
        return temporary;
    }

    /// Creates a file that does not exist yet. Its content is on disk when this returns, its name
    /// only after [#syncDirectory] or [#move]. A file that could not be written is deleted.
    ///
    /// @throws FileAlreadyExistsException the file exists already, and is not changed
    public static void create(Path file, Content content, FileAttribute<?>... attributes)
            throws IOException {
        FileChannel channel = FileChannel.open(file, NEW, attributes);
        boolean complete = false;
        try (channel) {
            // A channel may write only a part in one call; its stream does not return before all is
            // written.
            content.writeTo(Channels.newOutputStream(channel));
            channel.force(true);
            complete = true;
        } finally {
            if (!complete) {
                Files.deleteIfExists(file);
            }
        }
    }

    /// Renames a file or directory, atomically, replacing a file of that name. The new name is on
    /// disk when this returns; the content must be already.
    public static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(to.resolveSibling("."));
    }

    /// Makes the names in a directory durable: files created, renamed and deleted.
    public static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Creates a directory, and those above it, that only its owner can read and enter. One that
    /// exists keeps its permissions.
    public static void createDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, permissions("rwx------"));
        }
    }
}
