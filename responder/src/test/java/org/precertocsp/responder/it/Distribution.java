package org.precertocsp.responder.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The program as built: `target/precert-ocsp/bin/precert-ocsp`.
final class Distribution {
    private static final Path PROGRAM =
            Path.of("target/precert-ocsp/bin/precert-ocsp").toAbsolutePath();
    private static final String READY = "ready ";

    /// For programs that end soon: the better compiler would cost them more than it saves.
    static final Map<String, String> BRIEF =
            Map.of("PRECERT_OCSP_JAVA_OPTS", "-XX:TieredStopAtLevel=1");

    private Distribution() {}

    /// Runs a subcommand to its end.
    static Command.Result run(Path directory, String... arguments) {
        return run(directory, Map.of(), arguments);
    }

    static Command.Result run(
            Path directory, Map<String, String> environment, String... arguments) {
        return new Command(directory, environment, words(arguments)).run();
    }

    /// Starts a subcommand that serves, and waits for its ready line.
    static Server start(Path directory, Map<String, String> environment, String... arguments) {
        try {
            ProcessBuilder builder = new ProcessBuilder(words(arguments));
            builder.environment().putAll(environment);
            Path log = Files.createTempFile(directory, "server", ".log");
            Process process =
                    builder.directory(directory.toFile()).redirectError(log.toFile()).start();
            BufferedReader output = process.inputReader();
            StringBuilder said = new StringBuilder();
            String line;
            while ((line = output.readLine()) != null) {
                if (line.startsWith(READY)) {
                    String url = line.substring(READY.length());
                    return new Server(process, output, said.toString(), url, log);
                }
                said.append(line).append('\n');
            }
            process.waitFor();
            throw new IllegalStateException(
                    "no ready line, exit code %d: %s"
                            .formatted(process.exitValue(), Files.readString(log)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> words(String... arguments) {
        List<String> words = new ArrayList<>();
        words.add(PROGRAM.toString());
        words.addAll(List.of(arguments));
        return words;
    }

    /// A running server process.
    ///
    /// @param said printed before it was ready
    record Server(Process process, BufferedReader output, String said, String url, Path log)
            implements AutoCloseable {
        private static final long STOP_SECONDS = 30;

        /// Sends SIGTERM and waits.
        ///
        /// @return the exit code
        int terminate() {
            process.destroy();
            return await();
        }

        /// Sends SIGKILL and waits.
        void kill() {
            process.destroyForcibly();
            await();
        }

        private int await() {
            try {
                if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException("the server did not stop");
                }
                return process.exitValue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            if (process.isAlive()) {
                kill();
            }
        }
    }
}
