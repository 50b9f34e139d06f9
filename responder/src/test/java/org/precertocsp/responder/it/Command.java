package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.precertocsp.RequiredTools;

/// Runs another program to its end.
record Command(Path directory, Map<String, String> environment, List<String> words) {
    private static final long TIMEOUT_SECONDS = 120;

    /// @param output standard output and error, interleaved
    record Result(int exitCode, String output) {
        /// Fails, with the output, if the exit code is another.
        Result exits(int code) {
            assertThat(exitCode).as(output).isEqualTo(code);
            return this;
        }
    }

    static Result run(Path directory, String... words) {
        return new Command(directory, Map.of(), List.of(words)).run();
    }

    Result run() {
        try {
            Path output = Files.createTempFile("command", ".txt");
            if (!words.getFirst().contains("/")) {
                RequiredTools.program(words.getFirst());
            }
            ProcessBuilder builder = new ProcessBuilder(words);
            builder.environment().putAll(environment);
            Process process =
                    builder.directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectInput(Path.of("/dev/null").toFile())
                            .redirectOutput(output.toFile())
                            .start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("no end of " + words);
            }
            String text = Files.readString(output, StandardCharsets.ISO_8859_1);
            Files.delete(output);
            return new Result(process.exitValue(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
