package org.precertocsp.responder.alert.channel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.precertocsp.responder.alert.AlertChannel;
import org.precertocsp.responder.alert.ChannelConfig;
import org.precertocsp.responder.alert.ChannelFailure;
import org.precertocsp.responder.alert.Notice;

/// Runs a program for each notice, which it finds as JSON on its standard input. What the program
/// prints is repeated when it fails; its exit code 0 means taken. Of the server's environment it
/// gets [#PASSED] alone: the rest may hold secrets.
public final class CommandChannel implements AlertChannel {
    private static final int MAX_PRINTED = 500;

    /// Names of variables.
    static final Set<String> PASSED = Set.of("PATH", "LANG", "LC_ALL", "TZ");

    private final ChannelConfig.Command config;

    public CommandChannel(ChannelConfig.Command config) {
        this.config = config;
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public void deliver(Notice notice) throws ChannelFailure, InterruptedException {
        send(NoticeJson.of(notice));
    }

    /// Runs the program with any JSON.
    ///
    /// @throws ChannelFailure its exit code was not 0, or it did not end in time
    public void send(byte[] json) throws ChannelFailure, InterruptedException {
        Process process = start();
        Printed printed = new Printed(process.getInputStream());
        Thread reader = Thread.ofVirtual().start(printed);
        Thread writer = Thread.ofVirtual().start(() -> write(process.getOutputStream(), json));
        try {
            if (!process.waitFor(config.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ChannelFailure(
                        "%s did not end within %s and was killed"
                                .formatted(config.run().getFirst(), config.timeout()),
                        null);
            }
            if (process.exitValue() != 0) {
                reader.join(Duration.ofMillis(200));
                throw new ChannelFailure(
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

    private Process start() throws ChannelFailure {
        try {
            ProcessBuilder program = new ProcessBuilder(config.run()).redirectErrorStream(true);
            program.environment().keySet().retainAll(PASSED);
            return program.start();
        } catch (IOException e) {
            throw new ChannelFailure(
                    config.run().getFirst() + " cannot be run: " + e.getMessage(), e);
        }
    }

    /// With its children: a shell's `sleep` would outlive it.
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

    /// Reads everything, so that the program never waits, and keeps the beginning.
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
