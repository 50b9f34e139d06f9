package org.precertocsp.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchmarkDirectoryTest {
    @TempDir Path directory;

    @Test
    void what_is_there_is_not_made_again() throws IOException {
        BenchmarkDirectory scratch = new BenchmarkDirectory(directory);
        Path first = scratch.once("a", folder -> Files.writeString(folder.resolve("x"), "1"));

        Path again = scratch.once("a", folder -> Files.writeString(folder.resolve("x"), "2"));

        assertThat(again).isEqualTo(first);
        assertThat(again.resolve("x")).hasContent("1");
    }

    @Test
    void what_was_left_half_made_is_made_anew() throws IOException {
        BenchmarkDirectory scratch = new BenchmarkDirectory(directory);
        assertThatThrownBy(() -> scratch.once("a", BenchmarkDirectoryTest::half))
                .hasMessage("disk full");

        Path whole = scratch.once("a", folder -> Files.writeString(folder.resolve("y"), "1"));

        assertThat(whole.resolve("x")).doesNotExist();
        assertThat(whole.resolve("y")).hasContent("1");
    }

    @Test
    void nothing_is_left_of_a_closed_one() throws IOException {
        BenchmarkDirectory scratch = BenchmarkDirectory.create();
        Files.writeString(scratch.empty("b").resolve("x"), "1");

        scratch.close();

        assertThat(scratch.folder()).doesNotExist();
    }

    private static void half(Path folder) throws IOException {
        Files.writeString(folder.resolve("x"), "1");
        throw new IOException("disk full");
    }
}
