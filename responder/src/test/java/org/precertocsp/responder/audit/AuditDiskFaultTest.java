package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.task.BackgroundTasks;

/// A disk that refuses writes, syncs or both, now and then, in the middle of everything.
final class AuditDiskFaultTest {
    private static final long ONE_FILE = 1 << 20;
    private static final int FAULTS = Integer.getInteger("faults", 1);

    @TempDir Path above;
    private final Faulty disk = new Faulty();
    private final List<String> told = new ArrayList<>();

    /// Fails the call of a number, once or for as long as it is told to.
    private static final class Faulty implements AuditLogConfig.Disk {
        private int calls;
        private int failing = -1;
        private boolean syncs;
        private int kept;

        /// From the next call of that kind on.
        ///
        /// @param kept octets of the write that fails reach the file all the same
        void fail(boolean sync, int kept) {
            this.syncs = sync;
            this.kept = kept;
            this.failing = 0;
        }

        void failOnce(int call) {
            this.failing = calls + call;
        }

        void work() {
            failing = -1;
        }

        @Override
        public void write(RandomAccessFile file, byte[] octets) throws IOException {
            calls++;
            if (calls == failing || (failing == 0 && !syncs)) {
                file.write(Arrays.copyOf(octets, Math.min(kept, octets.length)));
                throw new IOException("No space left on device");
            }
            file.write(octets);
        }

        @Override
        public void sync(RandomAccessFile file) throws IOException {
            calls++;
            if (calls == failing || (failing == 0 && syncs)) {
                throw new IOException("Input/output error");
            }
        }
    }

    private Alarm alarm() {
        return new Alarm() {
            @Override
            public void raise(Incident incident) {
                told.add(incident.kind() + " " + incident.about());
            }

            @Override
            public void end(Incident.Kind kind, String about) {
                told.add("end of " + kind + " " + about);
            }
        };
    }

    private AuditLog open(TestAuditLogs books) {
        AuditLogConfig plain = books.settings();
        return AuditLog.open(
                new AuditLogConfig(
                        plain.folder(),
                        plain.origin(),
                        plain.key(),
                        plain.anchor(),
                        plain.segmentBytes(),
                        Map::of,
                        alarm(),
                        plain.clock(),
                        plain.packAfter(),
                        BackgroundTasks.logged(),
                        disk),
                _ -> {},
                AuditLog.OnDamage.BEGIN_ANEW);
    }

    private static void record(AuditLog log, String what) {
        long since = log.withdrawals();
        log.append("ALERT", Map.of("what", what));
        log.seal(since);
    }

    private static List<LogProblem> problems(TestAuditLogs books) throws IOException {
        return new LogVerifier(books.folder, books.key.verifier(TestAuditLogs.ORIGIN), false)
                .verify(List.of(), _ -> {})
                .problems();
    }

    private static List<String> recorded(TestAuditLogs books) throws IOException {
        List<String> all = new ArrayList<>();
        for (LogSegment segment : LogSegment.list(books.folder)) {
            try (LogLineReader lines = new LogLineReader(segment.read(), 0)) {
                for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
                    AuditRecord.read(line.get())
                            .map(it -> it.tree().path("what").asText())
                            .filter(it -> !it.isEmpty())
                            .ifPresent(all::add);
                }
            }
        }
        return all;
    }

    @Test
    @Requirement("LG-06")
    void a_failed_sync_is_told_at_once_and_mended_without_a_restart() throws Exception {
        TestAuditLogs books = new TestAuditLogs(above, ONE_FILE);
        try (AuditLog log = open(books)) {
            record(log, "before");
            disk.fail(true, 0);
            assertThatThrownBy(() -> record(log, "unsure")).isInstanceOf(AuditException.class);
            disk.work();

            assertThat(told).containsExactly("AUDIT_FAILED " + TestAuditLogs.ORIGIN);
            assertThat(log.problem())
                    .hasValueSatisfying(it -> assertThat(it).contains("Input/output"));
            assertThatThrownBy(() -> record(log, "refused"))
                    .as("nobody knows what is on disk")
                    .isInstanceOf(AuditException.class);

            log.repair();
            record(log, "after");

            assertThat(log.problem()).isEmpty();
            assertThat(told).last().isEqualTo("end of AUDIT_FAILED " + TestAuditLogs.ORIGIN);
        }

        assertThat(recorded(books)).containsExactly("before", "after");
        assertThat(problems(books)).isEmpty();
        books.open().close();
        assertThat(books.incidents).isEmpty();
    }

    @Test
    void a_repair_that_fails_is_tried_again() throws Exception {
        TestAuditLogs books = new TestAuditLogs(above, ONE_FILE);
        try (AuditLog log = open(books)) {
            record(log, "before");
            disk.fail(true, 0);
            assertThatThrownBy(() -> record(log, "unsure")).isInstanceOf(AuditException.class);
            log.repair();
            log.repair();
            assertThat(log.problem()).isPresent();
            disk.work();
            log.repair();
            record(log, "after");
        }

        assertThat(recorded(books)).containsExactly("before", "after");
        assertThat(problems(books)).isEmpty();
    }

    @Test
    void a_file_that_lost_what_was_sealed_is_not_gone_on_with() throws Exception {
        TestAuditLogs books = new TestAuditLogs(above, ONE_FILE);
        try (AuditLog log = open(books)) {
            record(log, "before");
            record(log, "lost");
            disk.fail(true, 0);
            assertThatThrownBy(() -> record(log, "unsure")).isInstanceOf(AuditException.class);
            disk.work();
            Path file = books.folder.resolve("0000000000000000.jsonl");
            String text = Files.readString(file);
            Files.writeString(file, text.replace("lost", "LOST"));

            log.repair();

            assertThat(log.problem()).isPresent();
            assertThatThrownBy(() -> record(log, "after")).isInstanceOf(AuditException.class);
        }
    }

    @Test
    @Requirement("LG-06")
    void whatever_call_fails_and_however_much_it_wrote_no_acknowledged_record_is_lost()
            throws Exception {
        int[] parts = FAULTS > 1 ? new int[] {0, 1, 70, 1 << 20} : new int[] {70};
        for (int call = 1; call <= 60; call += FAULTS > 1 ? 1 : 5) {
            for (int kept : parts) {
                Path each = Files.createDirectory(above.resolve(call + "-" + kept));
                TestAuditLogs books = new TestAuditLogs(each, 2_500);
                List<String> acknowledged = new ArrayList<>();
                disk.kept = kept;
                try (AuditLog log = open(books)) {
                    disk.failOnce(call);
                    for (int i = 0; i < 14; i++) {
                        try {
                            record(log, "event " + i);
                            acknowledged.add("event " + i);
                        } catch (AuditException _) {
                            log.repair();
                        }
                    }
                    disk.work();
                    log.repair();
                    assertThat(log.problem()).as("call %d", call).isEmpty();
                }
                List<String> recorded = recorded(books);

                assertThat(recorded)
                        .as("call %d kept %d", call, kept)
                        .containsSubsequence(acknowledged);
                assertThat(recorded).doesNotHaveDuplicates();
                assertThat(problems(books)).as("call %d kept %d", call, kept).isEmpty();
                books.open().close();
                assertThat(books.incidents).as("call %d kept %d", call, kept).isEmpty();
            }
        }
    }

    @Test
    void a_full_disk_is_told_and_its_end_is_found_without_anybody_recording() throws Exception {
        TestAuditLogs books = new TestAuditLogs(above, ONE_FILE);
        try (AuditLog log = open(books)) {
            disk.fail(false, 10);
            assertThatThrownBy(() -> record(log, "no room")).isInstanceOf(AuditException.class);
            log.repair();
            assertThat(log.problem()).isPresent();
            disk.work();

            log.repair();

            assertThat(told).last().isEqualTo("end of AUDIT_FAILED " + TestAuditLogs.ORIGIN);
        }
        assertThat(problems(books)).isEmpty();
    }

    @Test
    void a_store_that_does_not_keep_the_checkpoint_withholds_no_record_and_is_told()
            throws Exception {
        TestAuditLogs books = new TestAuditLogs(above, ONE_FILE);
        AuditLogConfig plain = books.settings();
        boolean[] full = {false};
        CheckpointStore anchor =
                new CheckpointStore() {
                    @Override
                    public Optional<String> kept() {
                        return plain.anchor().kept();
                    }

                    @Override
                    public void keep(String text) {
                        if (full[0]) {
                            throw new StoreException("No space left on device", null);
                        }
                        plain.anchor().keep(text);
                    }
                };
        AuditLogConfig settings =
                new AuditLogConfig(
                        plain.folder(),
                        plain.origin(),
                        plain.key(),
                        anchor,
                        ONE_FILE,
                        Map::of,
                        alarm(),
                        plain.clock(),
                        Duration.ZERO);
        try (AuditLog log = AuditLog.open(settings, _ -> {}, AuditLog.OnDamage.BEGIN_ANEW)) {
            full[0] = true;
            record(log, "sealed all the same");
            assertThat(told)
                    .containsExactly("AUDIT_FAILED " + TestAuditLogs.ORIGIN + " checkpoint");
            assertThat(log.besides()).isEmpty();

            full[0] = false;
            record(log, "again");
            assertThat(told)
                    .last()
                    .isEqualTo("end of AUDIT_FAILED " + TestAuditLogs.ORIGIN + " checkpoint");
        }
        assertThat(recorded(books)).containsExactly("sealed all the same", "again");
        assertThat(problems(books)).isEmpty();
    }

    @Test
    void a_log_that_cannot_be_sealed_when_it_closes_lets_go_of_its_lock() throws Exception {
        TestAuditLogs books = new TestAuditLogs(above, ONE_FILE);
        AuditLog log = open(books);
        record(log, "sealed");
        log.append("ALERT", Map.of("what", "loose"));
        disk.fail(true, 0);

        assertThatThrownBy(log::close).isInstanceOf(AuditException.class);

        books.open().close();
        assertThat(problems(books)).isEmpty();
        assertThat(books.incidents).isEmpty();
    }

    @Test
    void the_monitor_takes_no_repair_for_tampering() throws Exception {
        TestAuditLogs books = new TestAuditLogs(above, ONE_FILE);
        List<Incident> raised = new ArrayList<>();
        try (AuditLog log = open(books)) {
            LogIntegrityMonitor monitor =
                    LogIntegrityMonitor.start(
                            BackgroundTasks.logged(),
                            List.of(log),
                            Optional.empty(),
                            new LogIntegrityMonitor.Plan(Duration.ofHours(1), Duration.ofDays(365)),
                            raised::add,
                            books.clock);
            record(log, "before");
            log.append("ALERT", Map.of("what", "followed by the monitor, and taken back"));
            monitor.checkDue();
            disk.fail(true, 0);
            assertThatThrownBy(log::seal).isInstanceOf(AuditException.class);
            disk.work();
            log.repair();

            monitor.checkDue();
            monitor.close();
        }
        assertThat(raised).isEmpty();
    }
}
