package org.precertocsp.responder.intake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/// Attributes of a file that differ between two looks if it was written to or replaced.
///
/// @param identity the inode, if the file system has one
public record FileStamp(long bytes, FileTime modified, @Nullable Object identity) {
    /// @throws IOException there is no such file
    public static FileStamp of(Path path) throws IOException {
        return of(Files.readAttributes(path, BasicFileAttributes.class));
    }

    public static FileStamp of(BasicFileAttributes attributes) {
        return new FileStamp(
                attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }
}
