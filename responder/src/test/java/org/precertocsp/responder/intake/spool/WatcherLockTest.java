package org.precertocsp.responder.intake.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestJvm;

@Timeout(120)
final class WatcherLockTest {
    @TempDir Path folder;

    @Test
    void a_server_is_seen_from_another_process_until_it_is_killed() throws Exception {
        Path sign = folder.resolve("watcher.alive");
        assertThat(WatcherLock.isHeld(sign)).isFalse();

        Process server = start(sign);
        try (BufferedReader lines = server.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("watching");

            assertThat(WatcherLock.isHeld(sign)).isTrue();
            // To have asked once must not make the sign fall.
            assertThat(WatcherLock.isHeld(sign)).isTrue();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> WatcherLock.acquire(sign, List.of()).close())
                    .withMessageContaining("process " + server.pid());
        } finally {
            server.destroyForcibly().waitFor();
        }

        assertThat(WatcherLock.isHeld(sign)).isFalse();
        WatcherLock.acquire(sign, List.of()).close();
    }

    private static Process start(Path sign) throws IOException {
        return TestJvm.of(SpoolWatcherProcess.class, sign.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
