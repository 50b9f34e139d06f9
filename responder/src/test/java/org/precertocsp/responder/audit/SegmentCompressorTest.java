package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SegmentCompressorTest {
    @TempDir Path above;

    @Test
    void files_at_rest_are_left_alone_and_closing_does_not_wait_for_them() throws IOException {
        TestAuditLogs books = new TestAuditLogs(above, 1 << 20);
        try (AuditLog log = books.open()) {
            TestAuditLogs.write(log, 1);
            SegmentCompressor packer = new SegmentCompressor(log, books.settings());

            packer.packAllBut(Long.MAX_VALUE, Duration.ofHours(1));
            packer.close();

            assertThat(LogSegment.list(books.folder)).hasSize(1).noneMatch(LogSegment::packed);
        }
    }

    @Test
    void files_without_rest_are_compressed() throws Exception {
        TestAuditLogs books = new TestAuditLogs(above, 2_000);
        try (AuditLog log = books.open()) {
            TestAuditLogs.write(log, 12);
            books.awaitPacked();
        }

        assertThat(LogSegment.list(books.folder)).anyMatch(LogSegment::packed);
    }
}
