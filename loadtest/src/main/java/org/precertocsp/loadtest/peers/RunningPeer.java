package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A server process, started by this class and ended by [#close()].
public final class RunningPeer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(10);
    private static final long POLL_MILLIS = 2;
    private static final long STOP_SECONDS = 40;

    private final Peer peer;
    private final Process process;
    private final int port;
    private final Path log;
    private final Thread ending;
    private Duration startUp = Duration.ZERO;

    private RunningPeer(Peer peer, Process process, int port, Path log) {
        this.peer = peer;
        this.process = process;
        this.port = port;
        this.log = log;
        this.ending = new Thread(process::destroy, "end " + peer.name());
    }

    /// Starts it on a free port of the loopback address and blocks until it answers 200.
    ///
    /// @param directory for its files; created
    /// @param probe a request it can answer, head included
    /// @throws PeerException it ended, or did not answer 200 within ten minutes
    public static RunningPeer start(Peer peer, Path directory, CpuPinning cores, byte[] probe)
            throws PeerException, InterruptedException {
        try {
            Files.createDirectories(directory);
            int port = freePort();
            Path log = directory.resolve("server.log");
            ProcessBuilder builder =
                    new ProcessBuilder(cores.pinned(peer.prepare(directory, port)));
            long start = System.nanoTime();
            Process process =
                    builder.directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            process.getOutputStream().close();
            RunningPeer running = new RunningPeer(peer, process, port, log);
            // An interrupted measurement must not leave its servers running.
            Runtime.getRuntime().addShutdownHook(running.ending);
            running.await(probe, start);
            return running;
        } catch (IOException e) {
            throw new PeerException(peer.name() + " cannot be started: " + e.getMessage(), e);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void await(byte[] probe, long start) throws PeerException, InterruptedException {
        String last = "nothing yet";
        boolean answered = false;
        try {
            while (process.isAlive() && System.nanoTime() - start < START_LIMIT.toNanos()) {
                try {
                    RawHttpExchange answer = RawHttpExchange.with(port, probe);
                    if (answer.isOk()) {
                        startUp = Duration.ofNanos(System.nanoTime() - start);
                        answered = true;
                        return;
                    }
                    last = answer.head().lines().findFirst().orElse("");
                } catch (IOException e) {
                    last = String.valueOf(e.getMessage());
                }
                Thread.sleep(POLL_MILLIS);
            }
        } finally {
            if (!answered) {
                close();
            }
        }
        throw new PeerException(
                "%s did not answer (%s); its log %s ends: %s".formatted(name(), last, log, tail()));
    }

    private String tail() {
        try {
            String text = Files.readString(log);
            return text.substring(Math.max(0, text.length() - 500)).strip();
        } catch (IOException e) {
            return e.toString();
        }
    }

    public String name() {
        return peer.name();
    }

    public Peer peer() {
        return peer;
    }

    public int port() {
        return port;
    }

    /// From the start of the process to its first correct answer.
    public Duration startUp() {
        return startUp;
    }

    public ProcessResourceUsage use() {
        return ProcessResourceUsage.of(process.toHandle());
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// Sends SIGTERM and waits; SIGKILL after 40 s.
    @Override
    public void close() {
        process.destroy();
        try {
            Runtime.getRuntime().removeShutdownHook(ending);
        } catch (IllegalStateException _) {
            // The shutdown hooks are running already.
        }
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
