package org.precertocsp.responder.audit.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackerTest {
    @TempDir Path above;

    @Test
    void files_at_rest_are_left_alone_and_closing_does_not_wait_for_them() throws IOException {
        Books books = new Books(above, 1 << 20);
        try (AuditLog log = books.open()) {
            Books.write(log, 1);
            Packer packer = new Packer(log, books.settings());

            packer.packAllBut(Long.MAX_VALUE, Duration.ofHours(1));
            packer.close();

            assertThat(Segment.list(books.folder)).hasSize(1).noneMatch(Segment::packed);
        }
    }

    @Test
    void files_without_rest_are_compressed() throws Exception {
        Books books = new Books(above, 2_000);
        try (AuditLog log = books.open()) {
            Books.write(log, 12);
            books.awaitPacked();
        }

        assertThat(Segment.list(books.folder)).anyMatch(Segment::packed);
    }
}
