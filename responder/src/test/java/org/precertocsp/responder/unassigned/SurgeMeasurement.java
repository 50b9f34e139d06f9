package org.precertocsp.responder.unassigned;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.intake.FakeClock;

/// How long a scan for unassigned serials goes on before its alert is raised, and how many requests
/// it takes: two hours of a usual rate, then a rate that is higher, begun at each of sixty moments
/// within a minute. Time is counted, not waited for; the way from the alert to people is another
/// measurement. Run by hand with the test class path and two rates, in requests a minute: `java -cp
/// … org.precertocsp.responder.unassigned.SurgeMeasurement 10 6000`.
final class SurgeMeasurement {
    private static final IssuerKey ISSUER = TestCa.root("CA").certificate().key();
    private static final int OCTETS = 16;
    private static final int MOST_SECONDS = 3_600;

    private SurgeMeasurement() {}

    /// @param arguments usual and surging requests a minute
    public static void main(String[] arguments) throws IOException {
        int usual = Integer.parseInt(arguments[0]);
        int surging = Integer.parseInt(arguments[1]);
        List<Double> seconds = new ArrayList<>();
        for (int phase = 0; phase < 60; phase++) {
            seconds.add(secondsToAlert(usual, surging, phase));
        }
        double[] sorted = seconds.stream().mapToDouble(it -> it).sorted().toArray();
        System.out.printf(
                "from %d to %d requests a minute: alert after %.0f s and %.0f requests (median; at"
                        + " most %.0f s)%n",
                usual,
                surging,
                sorted[sorted.length / 2],
                sorted[sorted.length / 2] * surging / 60,
                DoubleStream.of(sorted).max().orElseThrow());
        if (Arrays.stream(sorted).anyMatch(it -> it >= MOST_SECONDS)) {
            System.out.println("(an hour without an alert is counted as an hour)");
        }
    }

    private static double secondsToAlert(int usual, int surging, int phase) throws IOException {
        Path folder = Files.createTempDirectory("surge");
        FakeClock clock = new FakeClock(Instant.parse("2026-11-21T00:00:00Z"));
        List<Instant> raised = new ArrayList<>();
        Scan scan = new Scan();
        try (UnassignedMonitor monitor =
                UnassignedMonitor.open(
                        new UnassignedConfig(folder, Duration.ofDays(1), 10, 1_000),
                        Map.of(ISSUER, "one"),
                        _ -> raised.add(clock.instant()),
                        clock)) {
            for (int second = 0; second < 7_200 + phase; second++) {
                scan.ask(monitor, usual);
                clock.pass(Duration.ofSeconds(1));
                monitor.look();
            }
            Instant begin = clock.instant();
            for (int second = 0; second < MOST_SECONDS && raised.isEmpty(); second++) {
                scan.ask(monitor, surging);
                clock.pass(Duration.ofSeconds(1));
                monitor.look();
            }
            return Duration.between(begin, clock.instant()).toSeconds();
        }
    }

    /// Random serials at a rate.
    private static final class Scan {
        private final Random random = new Random(1);
        private final byte[] serial = new byte[OCTETS];
        private double owed;

        void ask(UnassignedMonitor monitor, int perMinute) {
            owed += perMinute / 60.0;
            while (owed >= 1) {
                random.nextBytes(serial);
                monitor.asked(ISSUER, serial, 0, OCTETS);
                owed--;
            }
        }
    }
}
