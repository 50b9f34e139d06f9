package org.precertocsp.loadtest.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.precertocsp.loadtest.peers.CpuPinning;
import org.precertocsp.loadtest.peers.InstalledProgram;
import org.precertocsp.loadtest.peers.PeerException;
import org.precertocsp.loadtest.peers.RunningPeer;

/// A server under the load of `wrk`, another driver than ours, which sends one request again and
/// again and checks no answer: a check of our own figures.
///
/// @param path of the request
record WrkContestant(
        String name,
        RunningPeer peer,
        InstalledProgram wrk,
        CpuPinning cores,
        String path,
        int connections)
        implements Contestant {
    private static final double NANOS = 1e9;

    static Optional<InstalledProgram> installed() {
        return InstalledProgram.find("wrk");
    }

    @Override
    public Measurement measure(Duration time) throws PeerException, InterruptedException {
        // wrk counts whole seconds.
        long seconds = Math.max(1, time.toSeconds());
        List<String> command =
                cores.pinnedToDriver(
                        List.of(
                                wrk.file().toString(),
                                "--threads=1",
                                "--connections=" + connections,
                                "--duration=%ds".formatted(seconds),
                                "http://127.0.0.1:%d%s".formatted(peer.port(), path)));
        Duration before = peer.use().cpu();
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new PeerException(String.join(" ", command) + " failed: " + output);
            }
            return measurement(output, seconds, peer.use().cpu().minus(before));
        } catch (IOException e) {
            throw new PeerException(String.join(" ", command) + ": " + e.getMessage(), e);
        }
    }

    /// @param output printed by wrk
    /// @throws PeerException it is not what wrk prints
    static Measurement measurement(String output, long seconds, Duration serverCpu)
            throws PeerException {
        double perSecond = number("Requests/sec:\\s+([0-9.]+)", output);
        long completed = Math.round(number("([0-9]+) requests in ", output));
        Matcher failures = Pattern.compile("Non-2xx or 3xx responses: ([0-9]+)").matcher(output);
        return new Measurement(
                perSecond,
                serverCpu.toNanos() / 1e3 / Math.max(1, completed),
                serverCpu.toNanos() / NANOS / seconds,
                // It does not tell what it used; a server that is not busy was not pressed enough.
                0,
                Measurement.Latency.NONE,
                completed,
                failures.find() ? Long.parseLong(failures.group(1)) : 0,
                0);
    }

    private static double number(String pattern, String output) throws PeerException {
        Matcher found = Pattern.compile(pattern).matcher(output);
        if (!found.find()) {
            throw new PeerException("wrk printed no result: " + output.strip());
        }
        return Double.parseDouble(found.group(1));
    }
}
