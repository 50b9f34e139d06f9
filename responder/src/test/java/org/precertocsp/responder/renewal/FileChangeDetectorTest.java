package org.precertocsp.responder.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileChangeDetectorTest {
    @TempDir Path directory;
    private Path certificate;
    private FileChangeDetector watch;

    @BeforeEach
    void write() throws IOException {
        certificate = Files.writeString(directory.resolve("responder.pem"), "old");
        watch = new FileChangeDetector(List.of(certificate));
    }

    @Test
    void untouched_file_has_not_changed() {
        assertThat(watch.changed()).isFalse();
    }

    @Test
    void file_renamed_into_place_is_noticed_once() throws IOException {
        Path fresh = Files.writeString(directory.resolve("new"), "new");
        Files.move(fresh, certificate, StandardCopyOption.ATOMIC_MOVE);

        assertThat(watch.changed()).isTrue();
        assertThat(watch.changed()).isFalse();
    }

    @Test
    void file_missing_for_a_moment_counts_when_it_is_back() throws IOException {
        Files.delete(certificate);
        assertThat(watch.changed()).isFalse();

        Files.writeString(certificate, "newer");
        assertThat(watch.changed()).isTrue();
    }

    @Test
    void link_pointed_elsewhere_is_noticed() throws IOException {
        Path one = Files.createDirectory(directory.resolve("1"));
        Path two = Files.createDirectory(directory.resolve("2"));
        Files.writeString(one.resolve("key"), "same");
        Files.writeString(two.resolve("key"), "same");
        Path current = Files.createSymbolicLink(directory.resolve("current"), one);
        FileChangeDetector linked = new FileChangeDetector(List.of(current.resolve("key")));

        Files.delete(current);
        Files.createSymbolicLink(current, two);

        assertThat(linked.changed()).isTrue();
    }
}
