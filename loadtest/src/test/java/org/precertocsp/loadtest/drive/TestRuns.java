package org.precertocsp.loadtest.drive;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.precertocsp.loadtest.requests.Expected;
import org.precertocsp.loadtest.requests.Question;
import org.precertocsp.loadtest.requests.Target;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Serial;

/// Runs as a driver would have measured them, for tests of what is made of them.
public final class TestRuns {
    public static final Question QUESTION =
            new Question(
                    Serial.ofHex("1234"),
                    Expected.GOOD,
                    Question.Method.GET,
                    HashAlgorithm.SHA1,
                    Optional.empty());

    private TestRuns() {}

    public static LoadPlan plan(Pace pace) {
        return new LoadPlan(
                new Target("ocsp.example", 80, "/"),
                pace,
                Connections.keptAlive(4),
                Duration.ZERO,
                Duration.ofSeconds(2),
                100);
    }

    /// Of two seconds, with a latency of 1 ms, 2 ms, 3 ms … for one answer each.
    public static LoadRun right(Pace pace, int answers) {
        return of(pace, answers, Map.of(), Map.of(), List.of(), 0);
    }

    public static LoadRun failed(Pace pace, int answers, Map<Failure, Long> failures) {
        return of(pace, answers, failures, Map.of(), List.of(), 0);
    }

    public static LoadRun wrong(Pace pace, int answers, long wrong) {
        return of(
                pace,
                answers,
                Map.of(),
                Map.of(Fault.CERT_STATUS, wrong),
                List.of(new WrongAnswer(QUESTION, Fault.CERT_STATUS, "revoked")),
                0);
    }

    /// @param backlog requests that were due and not sent when the first second ended
    public static LoadRun queued(Pace pace, int answers, long backlog) {
        return of(pace, answers, Map.of(), Map.of(), List.of(), backlog);
    }

    private static LoadRun of(
            Pace pace,
            int answers,
            Map<Failure, Long> failures,
            Map<Fault, Long> wrong,
            List<WrongAnswer> examples,
            long backlog) {
        Histogram latency = Slice.newHistogram();
        for (int i = 1; i <= answers; i++) {
            latency.recordValue(i * 1_000_000L);
        }
        long half = answers / 2;
        return new LoadRun(
                plan(pace),
                Duration.ofSeconds(2),
                new LoadRun.Outcome(answers, failures, wrong, answers / 100, examples),
                latency,
                List.of(
                        new LoadRun.Second(0, 1, half, 1_000, 2_000, 3_000, 4_000, backlog),
                        new LoadRun.Second(1, 1, answers - half, 1_000, 2_000, 3_000, 4_000, 0)),
                new LoadRun.DriverCost(Duration.ofMillis(500), 0.25));
    }
}
