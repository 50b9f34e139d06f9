package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.responder.alert.Incident;

final class AuditLogTest {
    @TempDir Path above;

    private TestAuditLogs books(long segmentBytes) throws IOException {
        return new TestAuditLogs(above, segmentBytes);
    }

    private static List<LogProblem> problems(TestAuditLogs books) throws IOException {
        return new LogVerifier(books.folder, books.key.verifier(TestAuditLogs.ORIGIN), false)
                .verify(List.of(), _ -> {})
                .problems();
    }

    @Test
    @Requirement("LG-02")
    void a_record_is_a_line_of_canonical_json_with_time_and_kind() throws IOException {
        TestAuditLogs books = books(1 << 20);
        try (AuditLog log = books.open()) {
            log.append("ALERT", Map.of("who", "é\n", "details", Map.of("b", "2", "a", "1")));
        }

        assertThat(Files.readAllLines(books.folder.resolve("0000000000000000.jsonl")).get(2))
                .startsWith(
                        "{\"at\":\"2026-11-21T12:00:00Z\",\"details\":{\"a\":\"1\",\"b\":\"2\"},"
                                + "\"kind\":\"ALERT\",\"n\":2,\"previous\":\"")
                .endsWith("\",\"who\":\"é\\n\"}");
    }

    @Test
    void a_closed_log_is_gone_on_with() throws IOException {
        TestAuditLogs books = books(1 << 20);
        try (AuditLog log = books.open()) {
            TestAuditLogs.write(log, 2);
        }
        List<AuditRecord> replayed = new ArrayList<>();
        try (AuditLog log = books.open(replayed)) {
            TestAuditLogs.write(log, 1);
            assertThat(log.recovered()).isZero();
        }

        assertThat(replayed)
                .extracting(AuditRecord::number)
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(problems(books)).isEmpty();
        assertThat(books.incidents).isEmpty();
    }

    @Test
    void a_copy_ends_under_a_checkpoint_whatever_is_recorded_after_it() throws Exception {
        TestAuditLogs books = books(2_000);
        Path copies = Files.createDirectory(above.resolve("copies"));
        List<AuditLog.Copy> made = new ArrayList<>();
        try (AuditLog log = books.open()) {
            for (int i = 0; i < 12; i++) {
                TestAuditLogs.write(log, 2);
                log.append("ALERT", Map.of("who", "not sealed"));
                made.add(log.copyFiles(copies.resolve(Integer.toString(i))));
            }
            TestAuditLogs.write(log, 12);
            books.awaitPacked();
        }

        for (int i = 0; i < made.size(); i++) {
            Path copy = copies.resolve(Integer.toString(i));
            Path newest = copy.resolve(made.get(i).newest());
            byte[] bytes = Files.readAllBytes(newest);
            Files.delete(newest);
            Files.write(newest, Arrays.copyOf(bytes, (int) made.get(i).bytes()));
            LogVerificationResult result =
                    new LogVerifier(copy, books.key.verifier(TestAuditLogs.ORIGIN), false)
                            .verify(List.of(), _ -> {});
            assertThat(result.problems()).as("copy %d", i).isEmpty();
            assertThat(result.records()).isEqualTo(made.get(i).records());
        }
        assertThat(problems(books)).isEmpty();
    }

    @Test
    void full_files_are_compressed_and_the_log_goes_on() throws Exception {
        TestAuditLogs books = books(2_000);
        try (AuditLog log = books.open()) {
            TestAuditLogs.write(log, 12);
            books.awaitPacked();
        }
        try (AuditLog log = books.open()) {
            TestAuditLogs.write(log, 1);
        }

        assertThat(LogSegment.list(books.folder)).hasSizeGreaterThan(2);
        assertThat(problems(books)).isEmpty();
    }

    @Test
    void records_a_crash_left_unsealed_count_and_half_a_record_does_not() throws IOException {
        TestAuditLogs books = books(1 << 20);
        Path file = books.folder.resolve("0000000000000000.jsonl");
        byte[] crashed;
        try (AuditLog log = books.open()) {
            log.append("ALERT", Map.of("who", "somebody"));
            crashed = Files.readAllBytes(file);
        }
        Files.write(file, crashed);
        Files.writeString(file, "{\"at\":\"2026", StandardOpenOption.APPEND);
        assertThat(problems(books)).isNotEmpty();

        TestAuditLogs after = new TestAuditLogs(above, 1 << 20);
        try (AuditLog log = after.open()) {
            assertThat(log.recovered()).isEqualTo(1);
        }
        assertThat(problems(after)).isEmpty();
        assertThat(after.incidents).isEmpty();
    }

    @Test
    @Requirement("LG-06")
    void a_log_rolled_back_while_nobody_ran_is_put_aside_with_an_alarm() throws IOException {
        TestAuditLogs books = books(1 << 20);
        Path file = books.folder.resolve("0000000000000000.jsonl");
        byte[] earlier;
        try (AuditLog log = books.open()) {
            TestAuditLogs.write(log, 1);
            earlier = Files.readAllBytes(file);
            TestAuditLogs.write(log, 1);
        }
        Files.write(file, earlier);

        try (AuditLog log = books.open()) {
            assertThat(log.head().size()).isEqualTo(4);
        }
        assertThat(books.incidents)
                .extracting(Incident::kind)
                .containsExactly(Incident.Kind.AUDIT_TAMPERED);
        assertThat(Files.readString(file)).contains("BEGUN_ANEW", "rolled back");
        assertThat(above.resolve("damaged")).isNotEmptyDirectory();
        assertThat(problems(books))
                .singleElement()
                .satisfies(it -> assertThat(it.toString()).contains("begun anew", "acknowledge"));
    }

    @Test
    void a_log_rolled_back_is_left_as_it_is_by_those_who_may_not_begin_another()
            throws IOException {
        TestAuditLogs books = books(1 << 20);
        Path file = books.folder.resolve("0000000000000000.jsonl");
        byte[] earlier;
        try (AuditLog log = books.open()) {
            TestAuditLogs.write(log, 1);
            earlier = Files.readAllBytes(file);
            TestAuditLogs.write(log, 1);
        }
        Files.write(file, earlier);

        assertThatThrownBy(() -> AuditLog.open(books.settings(), _ -> {}, AuditLog.OnDamage.REFUSE))
                .isInstanceOf(AuditException.class)
                .hasMessageContainingAll("rolled back", "Nothing was changed", "start the server");
        assertThat(file).hasBinaryContent(earlier);
        assertThat(above.resolve("damaged")).doesNotExist();
    }

    @Test
    @Requirement("LG-06")
    void a_bit_changed_in_the_files_for_witnesses_is_told_before_they_are_written_anew()
            throws IOException {
        TestAuditLogs books = books(1 << 20);
        try (AuditLog log = books.open()) {
            TestAuditLogs.write(log, 2);
        }
        for (String name : new String[] {"checkpoint", "vkey"}) {
            Path file = books.folder.resolve(name);
            byte[] right = Files.readAllBytes(file);
            int step = Integer.getInteger("faults", 1) >= 10 ? 1 : 61;
            for (int bit = 0; bit < right.length * 8; bit += step) {
                byte[] flipped = Files.readAllBytes(file);
                flipped[bit / 8 % flipped.length] ^= (byte) (1 << bit % 8);
                Files.write(file, flipped);
                books.incidents.clear();

                AuditLog.open(books.settings(), _ -> {}, AuditLog.OnDamage.REFUSE).close();
                assertThat(file).as("left by a command").hasBinaryContent(flipped);
                books.open().close();

                assertThat(books.incidents)
                        .as("bit %d of %s".formatted(bit, name))
                        .extracting(Incident::kind)
                        .contains(Incident.Kind.AUDIT_TAMPERED);
                books.incidents.clear();
                books.open().close();
                assertThat(books.incidents).isEmpty();
            }
        }
    }

    @Test
    void a_second_writer_is_refused() throws IOException {
        TestAuditLogs books = books(1 << 20);
        try (AuditLog _ = books.open()) {
            assertThatThrownBy(books::open)
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("another process");
        }
    }

    @Test
    void nobody_else_may_read_key_and_records() throws IOException {
        TestAuditLogs books = books(1 << 20);
        books.open().close();

        assertThat(Files.getPosixFilePermissions(above.resolve("key.pem")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(books.folder))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
}
