package org.precertocsp.responder.audit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// One file of a log, named by the number of its first record.
///
/// @param packed compressed, and never written again
public record LogSegment(long first, Path file, boolean packed) {
    private static final Pattern NAME = Pattern.compile("(\\d{16})\\.jsonl(\\.gz)?");
    private static final int BUFFER_BYTES = 1 << 16;

    static Path open(Path folder, long first) {
        return folder.resolve("%016d.jsonl".formatted(first));
    }

    static Path packed(Path folder, long first) {
        return folder.resolve("%016d.jsonl.gz".formatted(first));
    }

    /// Parses a file's name; empty if it is not that of a segment.
    public static Optional<LogSegment> named(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches()
                ? Optional.of(
                        new LogSegment(Long.parseLong(name.group(1)), file, name.group(2) != null))
                : Optional.empty();
    }

    /// The segment with the same records, compressed.
    public LogSegment whenPacked() {
        Path folder = file.toAbsolutePath().getParent();
        return packed || folder == null ? this : new LogSegment(first, packed(folder, first), true);
    }

    /// All segments of a log in order; none if there is no such directory. For a segment that is
    /// just being compressed, and so exists twice, the uncompressed file.
    public static List<LogSegment> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        TreeMap<Long, LogSegment> segments = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.flatMap(file -> named(file).stream())
                    .forEach(it -> segments.merge(it.first(), it, (a, b) -> a.packed() ? b : a));
        }
        return new ArrayList<>(segments.values());
    }

    /// As [#list], but the log must exist.
    ///
    /// @throws IOException there is no log: to find nothing in a missing log would prove nothing
    public static List<LogSegment> some(Path folder) throws IOException {
        List<LogSegment> all = list(folder);
        if (all.isEmpty()) {
            throw new IOException(
                    "there is no audit log in %s: nothing was recorded yet, or its volume is not mounted"
                            .formatted(folder));
        }
        return all;
    }

    /// Opens the records as they were written, decompressed.
    public InputStream read() throws IOException {
        InputStream file = Files.newInputStream(file());
        try {
            return packed
                    ? new BufferedInputStream(new GZIPInputStream(file, BUFFER_BYTES), BUFFER_BYTES)
                    : new BufferedInputStream(file, BUFFER_BYTES);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }
}
