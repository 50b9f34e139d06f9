package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;

/// What one look of the frequent check hashes of a log that is beyond its budget.
final class SegmentHashesTest {
    private static final int FILES = 5;
    private static final int OCTETS = 1_000;

    @TempDir Path folder;
    private final AtomicReference<String> inode = new AtomicReference<>("as it was");
    private final List<LogSegment> segments = new ArrayList<>();
    private SegmentHashes rechecks = rechecks(OCTETS);

    /// An inode that tells what the test wants: nobody can set a real one's change time.
    private SegmentHashes rechecks(long budget) {
        return new SegmentHashes("log", budget, file -> Map.of("ctime", inode.get()));
    }

    @BeforeEach
    void follow() throws IOException {
        for (int i = 0; i < FILES; i++) {
            Path file = folder.resolve("%016d.jsonl".formatted(i));
            byte[] octets = "x".repeat(OCTETS).getBytes(StandardCharsets.UTF_8);
            Files.write(file, octets);
            segments.add(LogSegment.named(file).orElseThrow());
        }
        rechecks = rechecks(OCTETS);
        followAll();
    }

    private void followAll() throws IOException {
        for (LogSegment segment : segments) {
            byte[] octets = Files.readAllBytes(segment.file());
            rechecks.followed(segment, octets.length, SegmentHashes.sha256().digest(octets));
        }
        assertThat(look()).isEmpty();
    }

    private List<LogProblem> look() throws IOException {
        return rechecks.look(segments, _ -> Optional.empty());
    }

    private void change(int which) throws IOException {
        Files.writeString(segments.get(which).file(), "y" + "x".repeat(OCTETS - 1));
    }

    @Test
    @Requirement("LG-06")
    void a_change_the_inode_tells_of_is_found_whatever_the_budget() throws IOException {
        rechecks = rechecks(0);
        followAll();
        change(3);
        inode.set("changed");

        assertThat(look()).extracting(LogProblem::where).containsExactly("0000000000000003.jsonl");
    }

    @Test
    @Requirement("LG-06")
    void a_change_the_inode_hides_is_found_when_the_files_turn_comes() throws IOException {
        change(3);

        int looks = 1;
        while (look().isEmpty()) {
            looks++;
        }
        assertThat(looks).isLessThanOrEqualTo(FILES);
    }

    @Test
    @Requirement("LG-06")
    void all_files_are_hashed_in_each_look_while_they_are_within_the_budget() throws IOException {
        rechecks = rechecks((long) FILES * OCTETS);
        followAll();
        change(0);
        change(4);

        assertThat(look()).hasSize(2);
    }

    @Test
    @Requirement("LG-06")
    void a_file_that_is_gone_and_one_that_came_from_nowhere_are_found() throws IOException {
        LogSegment gone = segments.removeFirst();
        Path stranger = folder.resolve("%016d.jsonl".formatted(77));
        Files.writeString(stranger, "{}\n");
        segments.add(LogSegment.named(stranger).orElseThrow());

        assertThat(look())
                .extracting(LogProblem::where)
                .containsExactlyInAnyOrder(
                        gone.file().getFileName().toString(), "0000000000000077.jsonl");
    }
}
