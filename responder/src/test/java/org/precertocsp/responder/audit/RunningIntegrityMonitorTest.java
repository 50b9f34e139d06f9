package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.precertocsp.MemoryTempDir;
import org.precertocsp.Requirement;

/// Whatever is done to the audit directory of a running server is found by its frequent check, also
/// in what was checked before, and told through both channels; and `audit verify` finds it, too.
@Requirement("LG-08")
final class RunningIntegrityMonitorTest {
    private static final int ANY = 1 << 20;

    // One server for all tries, each of which puts back what it changed.
    private static final List<WatchedTestLogs> BOOKS = new ArrayList<>();
    private static final List<SortedMap<Path, byte[]>> EARLIER = new ArrayList<>();

    /// Changes files, by their place in the directory; what it takes out is removed.
    @FunctionalInterface
    private interface Tampering {
        void change(SortedMap<Path, byte[]> files) throws Exception;
    }

    @BeforeContainer
    static void begin() throws Exception {
        WatchedTestLogs books = new WatchedTestLogs(MemoryTempDir.create("watched"));
        BOOKS.add(books);
        EARLIER.add(books.files());
        books.writeLittle();
        books.awaitCalm();
    }

    @AfterContainer
    static void close() throws Exception {
        books().close();
    }

    private static WatchedTestLogs books() {
        return BOOKS.getFirst();
    }

    private static byte[] octets(SortedMap<Path, byte[]> files, Path path) {
        return Objects.requireNonNull(files.get(path), path.toString());
    }

    private static Path any(SortedMap<Path, byte[]> files, int which) {
        return List.copyOf(files.keySet()).get(which % files.size());
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    @Requirement({"LG-06", "LG-09"})
    void a_changed_octet_is_found_and_told(
            @ForAll @IntRange(max = ANY) int file,
            @ForAll @IntRange(max = ANY) int at,
            @ForAll @IntRange(min = 1, max = 255) int change,
            @ForAll boolean hideTime)
            throws Exception {
        Path path = any(books().files(), file);
        FileTime time = Files.getLastModifiedTime(books().resolve(path));
        assertFound(
                path + " octet " + at,
                files -> {
                    byte[] octets = octets(files, path).clone();
                    octets[at % octets.length] ^= (byte) change;
                    files.put(path, octets);
                },
                () -> {
                    if (hideTime) {
                        Files.setLastModifiedTime(books().resolve(path), time);
                    }
                });
    }

    @Property(tries = 4, shrinking = ShrinkingMode.OFF)
    @Requirement({"LG-06", "LG-09"})
    void a_cut_or_longer_file_is_found_and_told(
            @ForAll @IntRange(max = ANY) int file, @ForAll @IntRange(max = ANY) int at)
            throws Exception {
        Path path = any(books().files(), file);
        assertFound(
                path + " of another length",
                files -> {
                    byte[] octets = octets(files, path);
                    int length = at % (octets.length + 20);
                    files.put(path, Arrays.copyOf(octets, length == octets.length ? 0 : length));
                });
    }

    @Property(tries = 4, shrinking = ShrinkingMode.OFF)
    @Requirement({"LG-06", "LG-09"})
    void a_removed_repeated_or_moved_record_is_found_and_told(
            @ForAll @IntRange(max = ANY) int file,
            @ForAll @IntRange(max = ANY) int record,
            @ForAll @IntRange(max = 2) int what)
            throws Exception {
        SortedMap<Path, byte[]> open = new TreeMap<>(books().files());
        open.keySet().removeIf(it -> !it.toString().endsWith(".jsonl"));
        Path path = any(open, file);
        assertFound(
                path + " record " + record,
                files -> {
                    String text = new String(octets(files, path), StandardCharsets.UTF_8);
                    List<String> lines = new ArrayList<>(text.lines().toList());
                    int at = record % lines.size();
                    switch (what) {
                        case 0 -> lines.remove(at);
                        case 1 -> lines.add(at, lines.get(at));
                        default -> lines.add((at + 1) % lines.size(), lines.remove(at));
                    }
                    lines.add("");
                    files.put(path, String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
                });
    }

    @Property(tries = 4, shrinking = ShrinkingMode.OFF)
    @Requirement({"LG-06", "LG-09"})
    void a_removed_file_is_found_and_told(@ForAll @IntRange(max = ANY) int file) throws Exception {
        Path path = any(books().files(), file);
        assertFound(path + " removed", files -> files.remove(path));
    }

    @Property(tries = 4, shrinking = ShrinkingMode.OFF)
    @Requirement({"LG-06", "LG-09"})
    void swapped_files_are_found_and_told(
            @ForAll @IntRange(max = ANY) int one, @ForAll @IntRange(max = ANY) int step)
            throws Exception {
        SortedMap<Path, byte[]> there = books().files();
        Path first = any(there, one);
        Path second = any(there, one % there.size() + 1 + step % (there.size() - 1));
        assertFound(
                first + " swapped with " + second,
                files -> {
                    byte[] octets = octets(files, first);
                    files.put(first, octets(files, second));
                    files.put(second, octets);
                });
    }

    @Property(tries = 4, shrinking = ShrinkingMode.OFF)
    @Requirement({"LG-06", "LG-09"})
    void a_file_put_back_to_an_earlier_state_is_found_and_told(
            @ForAll @IntRange(max = ANY) int file) throws Exception {
        SortedMap<Path, byte[]> now = books().files();
        SortedMap<Path, byte[]> earlier = new TreeMap<>(EARLIER.getFirst());
        earlier.entrySet().removeIf(it -> Arrays.equals(it.getValue(), now.get(it.getKey())));
        earlier.keySet().retainAll(now.keySet());
        // The checkpoint of each log, and the open file where it is still the same one.
        assertThat(earlier).hasSizeBetween(2, 4);
        Path path = any(earlier, file);
        assertFound(path + " put back", files -> files.put(path, octets(earlier, path)));
    }

    @Property(tries = 1)
    @Requirement({"LG-06", "LG-09"})
    void a_directory_put_back_to_an_earlier_state_is_found_and_told() throws Exception {
        assertFound(
                "all put back",
                files -> {
                    files.clear();
                    files.putAll(EARLIER.getFirst());
                });
    }

    @Property(tries = 4, shrinking = ShrinkingMode.OFF)
    @Requirement({"LG-06", "LG-09"})
    void a_changed_mark_in_the_store_is_found_and_told(
            @ForAll @IntRange(max = ANY) int at, @ForAll boolean signatures) throws Exception {
        String origin = signatures ? "tampered/signatures" : "tampered/events";
        String mark = Objects.requireNonNull(books().store.get(origin), origin);
        StringBuilder changed = new StringBuilder(mark);
        changed.setCharAt(at % mark.length(), '*');
        books().store.put(origin, changed.toString());
        try {
            assertThat(books().verified()).isNotEmpty();
            books().awaitAlert("a mark");
        } finally {
            books().store.put(origin, mark);
            books().awaitCalm();
        }
    }

    private static void assertFound(String what, Tampering tampering) throws Exception {
        assertFound(what, tampering, () -> {});
    }

    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    private static void assertFound(String what, Tampering tampering, Step afterwards)
            throws Exception {
        SortedMap<Path, byte[]> before = books().files();
        SortedMap<Path, byte[]> changed = new TreeMap<>(before);
        tampering.change(changed);
        books().put(changed);
        afterwards.run();
        try {
            assertThat(books().verified()).as("audit verify: " + what).isNotEmpty();
            books().awaitAlert(what);
        } finally {
            books().put(before);
            books().awaitCalm();
        }
    }

    @Property(tries = 1)
    void an_untouched_directory_is_in_order() throws Exception {
        assertThat(books().verified()).isEmpty();
        books().awaitCalm();
        assertThat(books().files()).isNotEqualTo(Map.of());
    }
}
