package org.precertocsp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/// Makes the directories of `@TempDir` in memory where there is room.
///
/// A server or store of a test syncs dozens of files, and most tests that start one wait longer for
/// the disk than for anything else. No test here can tell a disk from memory: processes are killed,
/// but no machine loses its power, and disks that fail are acted by `failing_sync.c`. A test that
/// needs the disk says `@TempDir(factory = TempDirFactory.Standard.class)`.
public final class MemoryTempDir implements TempDirFactory {
    private static final String PREFIX = "junit-";
    private static final Path MEMORY = Path.of("/dev/shm");

    /// For what two test processes and the programs they start write at once; most write a few MB.
    private static final long ENOUGH_BYTES = 1L << 30;

    private static final boolean EXECUTES = executes();

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
            throws IOException {
        return create(PREFIX);
    }

    /// As [Files#createTempDirectory], for tests that delete their directories themselves.
    public static Path create(String prefix) throws IOException {
        return EXECUTES && Files.getFileStore(MEMORY).getUsableSpace() >= ENOUGH_BYTES
                ? Files.createTempDirectory(MEMORY, prefix)
                : Files.createTempDirectory(prefix);
    }

    /// False also where no program or library may be run from there, as in some containers: some
    /// tests compile their own.
    private static boolean executes() {
        try {
            Path probe =
                    Files.createTempFile(
                            MEMORY,
                            PREFIX,
                            "",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwx------")));
            try {
                return Files.isExecutable(probe);
            } finally {
                Files.delete(probe);
            }
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }
}
