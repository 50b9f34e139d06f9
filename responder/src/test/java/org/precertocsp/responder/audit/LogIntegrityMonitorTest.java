package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.alert.Incident;

final class LogIntegrityMonitorTest {
    @TempDir Path above;
    private final FakeAlarm alarm = new FakeAlarm();

    @Test
    void an_alert_ends_once_the_files_are_what_was_written_again() throws Exception {
        TestAuditLogs books = new TestAuditLogs(above, 3_000);
        LogIntegrityMonitor.Plan plan =
                new LogIntegrityMonitor.Plan(Duration.ofDays(1), Duration.ofDays(2));
        try (AuditLog log = books.open();
                LogIntegrityMonitor monitor =
                        LogIntegrityMonitor.unscheduled(List.of(log), plan, alarm, books.clock)) {
            TestAuditLogs.write(log, 40);
            books.awaitPacked();
            // As the start of a log that was damaged raises it, for a person to see.
            alarm.raise(
                    new Incident(Incident.Kind.AUDIT_TAMPERED, TestAuditLogs.ORIGIN, "begun anew"));
            monitor.checkDue();
            assertThat(alarm.open()).hasSize(1);
            alarm.open().clear();

            Path first = LogSegment.list(books.folder).getFirst().file();
            byte[] before = Files.readAllBytes(first);
            Files.delete(first);
            monitor.checkDue();
            assertThat(alarm.open()).anyMatch(it -> it.startsWith("AUDIT_TAMPERED"));

            Files.write(first, before);
            monitor.checkDue();
            assertThat(alarm.open()).isEmpty();
        }
    }
}
