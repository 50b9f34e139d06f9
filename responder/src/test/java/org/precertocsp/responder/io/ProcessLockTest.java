package org.precertocsp.responder.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestJvm;

@Timeout(120)
final class ProcessLockTest {
    @TempDir Path directory;

    /// Holds a lock until its input ends or it is killed.
    static final class Holder {
        private Holder() {}

        public static void main(String... arguments) throws IOException {
            try (ProcessLock lock =
                    ProcessLock.tryTake(Path.of(arguments[0]), Duration.ZERO).orElseThrow()) {
                lock.write("held");
                System.out.println("held");
                System.out.flush();
                var _ = System.in.read();
            }
        }
    }

    @Test
    void lock_is_held_until_its_process_is_killed_however_often_others_look() throws Exception {
        Path file = directory.resolve("lock");
        assertThat(ProcessLock.isHeld(file)).isFalse();

        Process holder = start(file);
        try (BufferedReader lines = holder.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("held");

            assertThat(ProcessLock.isHeld(file)).isTrue();
            assertThat(ProcessLock.isHeld(file)).isTrue();
            assertThat(ProcessLock.tryTake(file, Duration.ofMillis(100))).isEmpty();
            assertThat(file).hasContent("held");
        } finally {
            holder.destroyForcibly().waitFor();
        }

        assertThat(ProcessLock.isHeld(file)).isFalse();
        ProcessLock.tryTake(file, Duration.ZERO).orElseThrow().close();
    }

    @Test
    void process_that_has_it_cannot_take_it_again() throws Exception {
        Path file = directory.resolve("lock");
        try (ProcessLock lock = ProcessLock.tryTake(file, Duration.ZERO).orElseThrow()) {
            assertThat(ProcessLock.tryTake(file, Duration.ZERO)).isEmpty();
            assertThat(lock.isThere()).isTrue();

            Files.delete(file);

            assertThat(lock.isThere()).isFalse();
        }
    }

    private static Process start(Path file) throws IOException {
        return TestJvm.of(Holder.class, file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
