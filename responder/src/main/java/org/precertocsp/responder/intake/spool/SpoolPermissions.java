package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/// Gives the server's user read access to files that a member of its group sends. Links are never
/// followed; the owner of a file is never changed.
final class SpoolPermissions {
    private SpoolPermissions() {}

    /// Creates a directory for its owner, and for the group of `like` if that has another owner.
    static void createFolder(Path folder, Path like) throws IOException {
        Files.createDirectory(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        if (!share(folder, like)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
        }
    }

    /// Gives a file the group of `like`, if this user is permitted to.
    ///
    /// @return true if both have the same owner
    static boolean share(Path file, Path like) throws IOException {
        PosixFileAttributes wanted =
                Files.readAttributes(like, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes now = view(file).readAttributes();
        if (!now.group().equals(wanted.group())) {
            try {
                view(file).setGroup(wanted.group());
            } catch (IOException _) {
                // Not permitted: then the permissions that the operator chose for the spool must
                // suffice.
            }
        }
        return now.owner().equals(wanted.owner());
    }

    private static PosixFileAttributeView view(Path file) {
        return Files.getFileAttributeView(
                file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }
}
