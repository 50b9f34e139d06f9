package org.precertocsp.responder.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Prevents root from writing to another user's directories.
///
/// Files that root creates in directories of the service user are unreadable for the service. If
/// root changed their owner by name, the directories' owner could replace a name by a link
/// meanwhile, and so lead root to any file of the machine.
public final class DataOwnershipCheck {
    private DataOwnershipCheck() {}

    /// @param folders directories to write to; a missing one would be created in its parent
    /// @return why this user must not continue, with the command that may; empty if it may
    public static Optional<String> objection(List<Path> folders) {
        return uid(Path.of("/proc/self")).orElse(-1) == 0
                ? folders.stream()
                        .map(DataOwnershipCheck::ofAnother)
                        .flatMap(Optional::stream)
                        .findFirst()
                        .map(DataOwnershipCheck::explain)
                : Optional.empty();
    }

    private static Optional<Path> ofAnother(Path folder) {
        Path there = folder.toAbsolutePath().normalize();
        while (there != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
            there = there.getParent();
        }
        return there == null || uid(there).orElse(0) == 0 ? Optional.empty() : Optional.of(there);
    }

    private static Optional<Integer> uid(Path path) {
        try {
            return Optional.of((Integer) Files.getAttribute(path, "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String explain(Path folder) {
        String owner;
        try {
            owner = Files.getOwner(folder).getName();
        } catch (IOException | UnsupportedOperationException _) {
            owner = "its owner";
        }
        return ("root must not write in %s, which belongs to %s: the service could not read files that root creates there, and could make root write "
                        + "to the files of others. Run the"
                        + " same command as that user, as with: setpriv --reuid=%s --regid=%s"
                        + " --init-groups precert-ocsp ...")
                .formatted(folder, owner, owner, owner);
    }
}
