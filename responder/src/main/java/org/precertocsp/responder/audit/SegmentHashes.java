package org.precertocsp.responder.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Keeps the hashes of the records read from each file and computes them again: what was verified
/// once is then compared byte by byte, at the speed of SHA-256 instead of that of parsing records.
/// Not thread-safe.
///
/// One pass hashes every file whose inode indicates a change (size, times, number), and of the
/// others as many bytes as the budget permits, those not hashed for longest first. To change a file
/// without changing its inode's change time requires another clock or access to the raw disk;
/// beyond the budget such a change is found some passes later.
final class SegmentHashes {
    private static final int BUFFER_BYTES = 1 << 18;

    /// In place of a hash: the records were read from the compressed file itself.
    private static final String FOLLOWED = "followed";

    private static final String INODE = "unix:ino,size,lastModifiedTime,ctime";

    /// A file's attributes in its inode.
    @FunctionalInterface
    interface Stamps {
        Stamps OF_INODES = file -> Files.readAttributes(file, INODE);

        Map<String, Object> of(Path file) throws IOException;
    }

    /// The state of a file when it was hashed last.
    ///
    /// @param bytes of records that were read
    /// @param records hash of these
    /// @param packed hash of the compressed file that was verified to contain them; empty before
    ///   that
    /// @param stamp its inode's attributes at that time
    /// @param look number of the pass
    private record Seen(
            long bytes, String records, String packed, Map<String, Object> stamp, long look) {
        Seen at(Map<String, Object> newest, String newestPacked, long now) {
            return new Seen(bytes, records, newestPacked, newest, now);
        }
    }

    private final String log;
    private final long budget;
    private final Stamps stamps;
    private final Map<Long, Seen> files = new TreeMap<>();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private long look;

    /// @param log its name, for reported problems
    /// @param budget bytes of unchanged files in one pass
    SegmentHashes(String log, long budget, Stamps stamps) {
        this.log = log;
        this.budget = budget;
        this.stamps = stamps;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Notes that the records of a file were read up to `bytes`.
    ///
    /// @param records hash of all of them
    void followed(LogSegment segment, long bytes, byte[] records) {
        Seen before = files.get(segment.first());
        if (before == null || before.bytes() != bytes) {
            String packed = segment.packed() ? FOLLOWED : "";
            files.put(segment.first(), new Seen(bytes, hex(records), packed, Map.of(), look));
        }
    }

    /// Checks the files, and returns their problems.
    ///
    /// @param sealed the recorded hash of a compressed file, by its first record
    /// @throws IOException a file cannot be read, which says nothing about the log
    List<LogProblem> look(List<LogSegment> segments, LongFunction<Optional<String>> sealed)
            throws IOException {
        look++;
        List<LogProblem> problems = new ArrayList<>();
        Map<Long, LogSegment> there = new TreeMap<>();
        for (LogSegment segment : segments) {
            there.put(segment.first(), segment);
            if (!files.containsKey(segment.first())) {
                problems.add(problem(segment, "does not belong to the log", false));
            }
        }
        long left = budget;
        for (long first : longestUnseenFirst()) {
            @Nullable LogSegment segment = there.get(first);
            if (segment == null) {
                String name = "%016d.jsonl".formatted(first);
                problems.add(new LogProblem(log, name, "is gone", true));
            } else {
                left -= look(segment, left, sealed.apply(first), problems);
            }
        }
        return problems;
    }

    private List<Long> longestUnseenFirst() {
        return files.entrySet().stream()
                .sorted(Comparator.comparingLong(file -> file.getValue().look()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// @return bytes of the budget used
    private long look(
            LogSegment segment, long left, Optional<String> sealed, List<LogProblem> problems)
            throws IOException {
        Seen before = seen(segment);
        try {
            Map<String, Object> stamp = stamps.of(segment.file());
            boolean changed = !stamp.equals(before.stamp());
            long bytes = Files.size(segment.file());
            if (!changed && bytes > left) {
                return 0;
            }
            Optional<LogProblem> problem =
                    segment.packed()
                            ? packed(segment, before, stamp, sealed)
                            : plain(segment, before, stamp);
            problem.ifPresent(problems::add);
            return changed ? 0 : bytes;
        } catch (NoSuchFileException _) {
            // It may have been compressed just now; then the next pass finds the compressed file.
            if (segment.packed() || !Files.exists(segment.whenPacked().file())) {
                problems.add(problem(segment, "is gone", true));
            }
            return 0;
        }
    }

    private Seen seen(LogSegment segment) {
        Seen seen = files.get(segment.first());
        if (seen == null) {
            throw new IllegalStateException("only what was followed is looked at again");
        }
        return seen;
    }

    private Optional<LogProblem> plain(LogSegment segment, Seen before, Map<String, Object> stamp)
            throws IOException {
        Optional<String> hash = hash(segment, before.bytes());
        if (hash.isEmpty()) {
            return Optional.of(problem(segment, "is shorter than it was", true));
        }
        if (!hash.get().equals(before.records())) {
            return Optional.of(problem(segment, "was changed since it was read", false));
        }
        files.put(segment.first(), before.at(stamp, "", look));
        return Optional.empty();
    }

    private Optional<LogProblem> packed(
            LogSegment segment, Seen before, Map<String, Object> stamp, Optional<String> sealed)
            throws IOException {
        String hash;
        try (InputStream in = Files.newInputStream(segment.file())) {
            MessageDigest digest = sha256();
            digest(in, Long.MAX_VALUE, digest);
            hash = hex(digest.digest());
        }
        if (!sealed.equals(Optional.of(hash))) {
            return Optional.of(
                    problem(segment, "is not the compressed file that was recorded", false));
        }
        boolean known = hash.equals(before.packed()) || before.packed().equals(FOLLOWED);
        if (!known && !holds(segment, before)) {
            return Optional.of(
                    problem(segment, "does not hold the records it was compressed from", false));
        }
        files.put(segment.first(), before.at(stamp, hash, look));
        return Optional.empty();
    }

    /// The original file may have been changed between being read and being compressed.
    private boolean holds(LogSegment segment, Seen before) throws IOException {
        try {
            return hash(segment, before.bytes()).equals(Optional.of(before.records()));
        } catch (ZipException _) {
            return false;
        }
    }

    /// The hash of this many bytes of records; empty if there are fewer.
    private Optional<String> hash(LogSegment segment, long bytes) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = segment.read()) {
            return digest(in, bytes, digest) == bytes
                    ? Optional.of(hex(digest.digest()))
                    : Optional.empty();
        }
    }

    private long digest(InputStream in, long most, MessageDigest digest) throws IOException {
        long done = 0;
        while (done < most) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, most - done));
            if (read < 0) {
                break;
            }
            digest.update(buffer, 0, read);
            done += read;
        }
        return done;
    }

    private LogProblem problem(LogSegment segment, String what, boolean lost) {
        return new LogProblem(log, String.valueOf(segment.file().getFileName()), what, lost);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
