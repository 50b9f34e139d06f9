package org.precertocsp.responder.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DurableFileTest {
    private static final byte[] OLD = {1};
    private static final byte[] NEW = {2, 2};

    @TempDir Path directory;
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("state.json");
    }

    @Test
    void write_creates_and_replaces_and_leaves_no_other_file() throws Exception {
        DurableFile.write(file, OLD);
        DurableFile.write(file, NEW);

        assertThat(file).hasBinaryContent(NEW);
        assertThat(names()).containsExactly("state.json");
    }

    @Test
    void replace_creates_and_replaces_and_leaves_no_other_file() throws Exception {
        DurableFile.replace(file, OLD);
        DurableFile.replace(file, NEW);

        assertThat(file).hasBinaryContent(NEW);
        assertThat(names()).containsExactly("state.json");
    }

    @Test
    void new_content_is_in_a_new_file_so_that_a_reader_keeps_the_old_one() throws Exception {
        DurableFile.write(file, OLD);
        try (var reader = Files.newInputStream(file)) {
            DurableFile.write(file, NEW);

            assertThat(reader.readAllBytes()).isEqualTo(OLD);
        }
    }

    @Test
    void write_gives_the_new_file_the_permissions_it_was_told() throws Exception {
        Files.write(file, OLD);

        DurableFile.write(file, NEW, DurableFile.permissions("rw-------"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void what_a_crash_left_is_replaced() throws Exception {
        Files.writeString(directory.resolve(".state.json.tmp"), "half of a longer file");

        DurableFile.write(file, NEW);

        assertThat(file).hasBinaryContent(NEW);
        assertThat(names()).containsExactly("state.json");
    }

    @Test
    void link_under_the_temporary_name_is_not_followed() throws Exception {
        Path other = Files.write(directory.resolve("other"), OLD);
        Files.createSymbolicLink(directory.resolve(".state.json.tmp"), other);

        DurableFile.write(file, NEW);

        assertThat(other).hasBinaryContent(OLD);
        assertThat(file).hasBinaryContent(NEW).isRegularFile();
        assertThat(Files.isSymbolicLink(file)).isFalse();
    }

    @Test
    void file_that_could_not_be_written_is_deleted() throws Exception {
        assertThatThrownBy(
                        () ->
                                DurableFile.create(
                                        file,
                                        out -> {
                                            out.write(OLD);
                                            throw new IOException("disk full");
                                        }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk full");

        assertThat(names()).isEmpty();
    }

    @Test
    void create_leaves_an_existing_file_alone() throws Exception {
        Files.write(file, OLD);

        assertThatThrownBy(() -> DurableFile.create(file, out -> out.write(NEW)))
                .isInstanceOf(FileAlreadyExistsException.class);

        assertThat(file).hasBinaryContent(OLD);
    }

    @Test
    void interrupted_write_leaves_the_old_content() throws Exception {
        DurableFile.write(file, OLD);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> DurableFile.write(file, NEW)).isInstanceOf(IOException.class);
        } finally {
            // The interrupt is kept for who handles it.
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(file).hasBinaryContent(OLD);
    }

    @Test
    void relative_names_have_a_directory_too() throws Exception {
        Path relative = Path.of("").toAbsolutePath().relativize(file.toAbsolutePath());

        DurableFile.write(relative, NEW);

        assertThat(file).hasBinaryContent(NEW);
    }

    @Test
    void directory_is_for_its_owner_alone_and_one_that_exists_is_left_as_it_is() throws Exception {
        Path made = directory.resolve("a/b");
        DurableFile.createDirectory(made);
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
        DurableFile.createDirectory(shared);

        assertThat(Files.getPosixFilePermissions(made))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(shared))
                .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(it -> it.getFileName().toString()).sorted().toList();
        }
    }
}
