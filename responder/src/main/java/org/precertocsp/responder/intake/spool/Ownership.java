package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/// Makes what one user sends readable to the user the server runs as: root may give files away, and
/// a member of the server's group may share them.
final class Ownership {
    private Ownership() {}

    /// Makes a folder its owner may use, and the group of `like` where the owner is another.
    static void createFolder(Path folder, Path like) throws IOException {
        Files.createDirectory(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        if (!give(folder, like)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
        }
    }

    /// Gives a file to the owner and group of `like`, as far as this user may.
    ///
    /// @return true if the owner is the same now
    static boolean give(Path file, Path like) throws IOException {
        PosixFileAttributes wanted = Files.readAttributes(like, PosixFileAttributes.class);
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class);
        PosixFileAttributes now = view.readAttributes();
        if (!now.group().equals(wanted.group())) {
            tryTo(() -> view.setGroup(wanted.group()));
        }
        if (!now.owner().equals(wanted.owner())) {
            tryTo(() -> view.setOwner(wanted.owner()));
        }
        return view.readAttributes().owner().equals(wanted.owner());
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private static void tryTo(Step step) {
        try {
            step.run();
        } catch (IOException _) {
            // Not allowed: then the permissions the operator chose for the spool must do.
        }
    }
}
