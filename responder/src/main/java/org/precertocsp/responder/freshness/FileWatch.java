package org.precertocsp.responder.freshness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Notices that files have changed, by looking: works on every file system, for renamed-in files
/// and for symbolic links that are pointed elsewhere. Used by one thread.
public final class FileWatch {
    /// What tells one content from another; the key is the inode, so that an exchange within the
    /// clock's grain is seen.
    private record Look(FileTime modified, long size, Optional<String> key, Path real) {}

    private final List<Path> files;
    private Map<Path, Look> last;

    /// Remembers the files as they are now.
    public FileWatch(List<Path> files) {
        this.files = List.copyOf(files);
        this.last = look();
    }

    /// True if any file is other than at the last call. A file that is missing for a moment, as
    /// while it is being replaced, is no change until it is back.
    public boolean changed() {
        Map<Path, Look> now = look();
        boolean changed =
                now.entrySet().stream()
                        .anyMatch(it -> !it.getValue().equals(last.get(it.getKey())));
        last.putAll(now);
        return changed;
    }

    private Map<Path, Look> look() {
        Map<Path, Look> looks = new HashMap<>();
        for (Path file : files) {
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(file, BasicFileAttributes.class);
                looks.put(
                        file,
                        new Look(
                                attributes.lastModifiedTime(),
                                attributes.size(),
                                Optional.ofNullable(attributes.fileKey()).map(Object::toString),
                                file.toRealPath()));
            } catch (IOException _) {
                // Missing or unreadable: looked at again next time.
            }
        }
        return looks;
    }
}
