package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/// Makes what one member of the server's group sends readable to the user the server runs as. Links
/// are never followed; the owner of a file is never changed.
final class Ownership {
    private Ownership() {}

    /// Makes a folder its owner may use, and the group of `like` where the owner is another.
    static void createFolder(Path folder, Path like) throws IOException {
        Files.createDirectory(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        if (!share(folder, like)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
        }
    }

    /// Gives a file the group of `like`, as far as this user may.
    ///
    /// @return true if both are of one owner
    static boolean share(Path file, Path like) throws IOException {
        PosixFileAttributes wanted =
                Files.readAttributes(like, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes now = view(file).readAttributes();
        if (!now.group().equals(wanted.group())) {
            try {
                view(file).setGroup(wanted.group());
            } catch (IOException _) {
                // Not allowed: then the permissions the operator chose for the spool must do.
            }
        }
        return now.owner().equals(wanted.owner());
    }

    private static PosixFileAttributeView view(Path file) {
        return Files.getFileAttributeView(
                file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }
}
