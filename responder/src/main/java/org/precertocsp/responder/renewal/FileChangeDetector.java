package org.precertocsp.responder.renewal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Detects changed files by polling, which works on every file system, for replaced files and for
/// changed symbolic links. Used by one thread.
public final class FileChangeDetector {
    /// The attributes that distinguish contents; the key is the inode, so that a replacement within
    /// the resolution of the modification time is detected.
    private record Attributes(FileTime modified, long size, Optional<String> key, Path real) {}

    private final List<Path> files;
    private Map<Path, Attributes> last;

    /// Remembers the current state of the files.
    public FileChangeDetector(List<Path> files) {
        this.files = List.copyOf(files);
        this.last = read();
    }

    /// True if any file has changed since the last call. A missing file, as during a replacement,
    /// is not a change until it exists again.
    public boolean changed() {
        Map<Path, Attributes> now = read();
        boolean changed =
                now.entrySet().stream()
                        .anyMatch(it -> !it.getValue().equals(last.get(it.getKey())));
        last.putAll(now);
        return changed;
    }

    private Map<Path, Attributes> read() {
        Map<Path, Attributes> all = new HashMap<>();
        for (Path file : files) {
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(file, BasicFileAttributes.class);
                all.put(
                        file,
                        new Attributes(
                                attributes.lastModifiedTime(),
                                attributes.size(),
                                Optional.ofNullable(attributes.fileKey()).map(Object::toString),
                                file.toRealPath()));
            } catch (IOException _) {
                // Missing or unreadable: read again next time.
            }
        }
        return all;
    }
}
