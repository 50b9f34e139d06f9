package org.precertocsp.responder.alert;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Runs a program for each notice and passes the notice as JSON on its standard input. If the
/// program fails, its output is part of the error; exit code 0 means accepted. Of the server's
/// environment it receives only [#PASSED], since the rest may contain secrets.
public final class CommandChannel implements AlertChannel {
    private static final int MAX_PRINTED = 500;

    /// Names of environment variables.
    static final Set<String> PASSED = Set.of("PATH", "LANG", "LC_ALL", "TZ");

    private final AlertChannelConfig.Command config;

    public CommandChannel(AlertChannelConfig.Command config) {
        this.config = config;
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public void deliver(AlertNotification notice)
            throws AlertDeliveryException, InterruptedException {
        send(AlertNotificationJson.of(notice));
    }

    /// Runs the program with any JSON.
    ///
    /// @throws AlertDeliveryException its exit code was not 0, or it did not end in time
    public void send(byte[] json) throws AlertDeliveryException, InterruptedException {
        Process process = start();
        Printed printed = new Printed(process.getInputStream());
        Thread reader = Thread.ofVirtual().start(printed);
        Thread writer = Thread.ofVirtual().start(() -> write(process.getOutputStream(), json));
        try {
            if (!process.waitFor(config.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AlertDeliveryException(
                        "%s did not end within %s and was killed"
                                .formatted(config.run().getFirst(), config.timeout()),
                        null);
            }
            if (process.exitValue() != 0) {
                reader.join(Duration.ofMillis(200));
                throw new AlertDeliveryException(
                        "%s ended with exit code %d%s"
                                .formatted(
                                        config.run().getFirst(),
                                        process.exitValue(),
                                        printed.text()),
                        null);
            }
        } finally {
            kill(process);
            writer.interrupt();
        }
    }

    private Process start() throws AlertDeliveryException {
        try {
            ProcessBuilder program = new ProcessBuilder(config.run()).redirectErrorStream(true);
            program.environment().keySet().retainAll(PASSED);
            return program.start();
        } catch (IOException e) {
            throw new AlertDeliveryException(
                    config.run().getFirst() + " cannot be run: " + e.getMessage(), e);
        }
    }

    /// Kills its children too: a shell's `sleep` would outlive it.
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /// A program need not read its input: its exit code says whether the notice is delivered.
    private static void write(OutputStream in, byte[] json) {
        try (in) {
            in.write(json);
            in.write('\n');
        } catch (IOException _) {
            // The process has ended.
        }
    }

    /// Reads everything, so that the program never blocks, and keeps the beginning.
    private static final class Printed implements Runnable {
        private final InputStream out;
        private volatile String start = "";

        Printed(InputStream out) {
            this.out = out;
        }

        @Override
        public void run() {
            try (out) {
                start = new String(out.readNBytes(MAX_PRINTED), StandardCharsets.UTF_8).strip();
                out.transferTo(OutputStream.nullOutputStream());
            } catch (IOException _) {
                // The process has ended.
            }
        }

        String text() {
            return start.isEmpty() ? "" : ": " + start;
        }
    }
}
