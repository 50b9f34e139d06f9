package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.precertocsp.MemoryTempDir;
import org.precertocsp.Requirement;

/// Whatever is done to a log's files is found: offline with what the store knows, and by the
/// monitor of the server that writes it.
final class LogTamperPropertyTest {
    private static final int ANY = 1 << 20;

    // One log for all tries, each of which puts back what it changed.
    private static final List<TestAuditLogs> BOOKS = new ArrayList<>();
    private static final List<Path> EARLIER = new ArrayList<>();
    private static final List<AuditLog> LOGS = new ArrayList<>();

    @BeforeContainer
    static void write_a_log_of_several_files() throws IOException, InterruptedException {
        Path above = MemoryTempDir.create("tamper");
        TestAuditLogs books = new TestAuditLogs(above, 4_000);
        AuditLog log = books.open();
        TestAuditLogs.write(log, 7);
        books.awaitPacked();
        EARLIER.add(above.resolve("earlier"));
        copy(books.folder, EARLIER.getFirst());
        TestAuditLogs.write(log, 16);
        books.awaitPacked();
        BOOKS.add(books);
        LOGS.add(log);
    }

    @AfterContainer
    static void close() throws IOException {
        LOGS.getFirst().close();
        delete(Objects.requireNonNull(books().folder.getParent()));
    }

    @Property(tries = 120)
    @Requirement("LG-06")
    void a_changed_octet_is_found(
            @ForAll @IntRange(max = ANY) int file,
            @ForAll @IntRange(max = ANY) int at,
            @ForAll @IntRange(min = 1, max = 255) int change)
            throws IOException {
        Path path = files().get(file % files().size());
        byte[] octets = Files.readAllBytes(path);
        octets[at % octets.length] ^= (byte) change;
        replacing(path, octets, path + " octet " + at % octets.length);
    }

    @Property(tries = 20)
    @Requirement("LG-06")
    void a_cut_file_is_found(
            @ForAll @IntRange(max = ANY) int file, @ForAll @IntRange(max = ANY) int at)
            throws IOException {
        Path path = files().get(file % files().size());
        byte[] octets = Files.readAllBytes(path);
        replacing(path, Arrays.copyOf(octets, at % octets.length), path + " cut");
    }

    @Property(tries = 20)
    @Requirement("LG-06")
    void a_removed_repeated_or_moved_record_is_found(
            @ForAll @IntRange(max = ANY) int record, @ForAll @IntRange(max = 2) int what)
            throws IOException {
        Path path = files().stream().filter(it -> it.toString().endsWith("jsonl")).findAny().get();
        List<String> lines = new ArrayList<>(Files.readAllLines(path));
        int at = record % lines.size();
        switch (what) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(at, lines.get(at));
            default -> lines.add((at + 1) % lines.size(), lines.remove(at));
        }
        String changed = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
        replacing(path, changed.getBytes(StandardCharsets.UTF_8), "record " + at);
    }

    @Property(tries = 20)
    @Requirement("LG-06")
    void a_removed_file_is_found(@ForAll @IntRange(max = ANY) int file) throws IOException {
        Path path = files().get(file % files().size());
        byte[] octets = Files.readAllBytes(path);
        Files.delete(path);
        try {
            assertFound(path + " removed");
        } finally {
            Files.write(path, octets);
        }
    }

    @Property(tries = 20)
    @Requirement("LG-06")
    void swapped_files_are_found(
            @ForAll @IntRange(max = ANY) int one, @ForAll @IntRange(min = 1, max = ANY) int step)
            throws IOException {
        List<Path> files = files();
        Path first = files.get(one % files.size());
        Path second =
                files.get((one % files.size() + 1 + step % (files.size() - 1)) % files.size());
        byte[] octets = Files.readAllBytes(first);
        byte[] others = Files.readAllBytes(second);
        try {
            Files.write(first, others);
            Files.write(second, octets);
            assertFound(first + " swapped with " + second);
        } finally {
            Files.write(first, octets);
            Files.write(second, others);
        }
    }

    @Property(tries = 1)
    @Requirement("LG-06")
    void an_earlier_state_is_found() throws IOException {
        Path folder = books().folder;
        Path aside = folder.resolveSibling("aside");
        copy(folder, aside);
        delete(folder);
        copy(EARLIER.getFirst(), folder);
        try {
            assertFound("rolled back");
        } finally {
            delete(folder);
            copy(aside, folder);
            delete(aside);
        }
    }

    @Property(tries = 1)
    void an_untouched_log_is_in_order() throws IOException {
        assertThat(offline()).isEmpty();
        assertThat(monitored()).isEmpty();
    }

    private static void replacing(Path path, byte[] changed, String what) throws IOException {
        byte[] octets = Files.readAllBytes(path);
        try {
            Files.write(path, changed);
            assertFound(what);
        } finally {
            Files.write(path, octets);
        }
    }

    private static void assertFound(String what) throws IOException {
        assertThat(offline()).as(what + ", offline").isNotEmpty();
        assertThat(monitored()).as(what + ", in the server").isNotEmpty();
    }

    private static List<LogProblem> offline() throws IOException {
        StoredCheckpoint anchored =
                StoredCheckpoint.read(books().anchor.kept().orElseThrow()).orElseThrow();
        KnownTreeHead known =
                new KnownTreeHead(
                        "the store", anchored.checkpoint().size(), anchored.checkpoint().root());
        return new LogVerifier(books().folder, anchored.verifier(), false)
                .verify(List.of(known), _ -> {})
                .problems();
    }

    private static List<LogProblem> monitored() {
        try (LogIntegrityMonitor monitor =
                LogIntegrityMonitor.unscheduled(
                        LOGS,
                        new LogIntegrityMonitor.Plan(Duration.ofDays(1), Duration.ZERO),
                        _ -> {},
                        books().clock)) {
            monitor.checkDue();
            return monitor.state().problems();
        }
    }

    private static TestAuditLogs books() {
        return BOOKS.getFirst();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(books().folder)) {
            return files.sorted().toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
