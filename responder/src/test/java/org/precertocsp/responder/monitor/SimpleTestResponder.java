package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that serves OCSP on a port, until closed.
record SimpleTestResponder(Process process, int port) implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(60);
    private static final long STEP_MILLIS = 20;

    /// What openssl says once it listens. A connection to try would be a bad request to it.
    private static final String OPENSSL_READY = "waiting for OCSP client connections";

    /// Runs a command to its end.
    static String output(Path directory, List<String> words) throws Exception {
        Path errors = directory.resolve("errors.txt");
        Process process =
                new ProcessBuilder(words)
                        .directory(directory.toFile())
                        .redirectError(errors.toFile())
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(words + ": " + output + Files.readString(errors));
        }
        return output;
    }

    /// Serves when it returns.
    static SimpleTestResponder start(Path directory, List<String> words, int port)
            throws Exception {
        Path log = directory.resolve("responder.log");
        Process process =
                new ProcessBuilder(words)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        SimpleTestResponder responder = new SimpleTestResponder(process, port);
        Instant last = Instant.now().plus(LONGEST_START);
        boolean openssl = words.getFirst().equals("openssl");
        while (!(openssl ? Files.readString(log).contains(OPENSSL_READY) : responder.accepts())) {
            if (!process.isAlive() || Instant.now().isAfter(last)) {
                responder.close();
                throw new IllegalStateException(words + ": " + Files.readString(log));
            }
            Thread.sleep(STEP_MILLIS);
        }
        return responder;
    }

    private boolean accepts() {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
