package org.precertocsp.loadtest.drive;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.precertocsp.loadtest.requests.ExpectedStatus;
import org.precertocsp.loadtest.requests.RequestDescription;
import org.precertocsp.loadtest.requests.TargetUrl;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Serial;

/// Runs as a driver would have measured them, for tests of what is made of them.
public final class TestRuns {
    public static final RequestDescription QUESTION =
            new RequestDescription(
                    Serial.ofHex("1234"),
                    ExpectedStatus.GOOD,
                    RequestDescription.Method.GET,
                    HashAlgorithm.SHA1,
                    Optional.empty());

    private TestRuns() {}

    public static LoadTestPlan plan(RequestPacing pace) {
        return new LoadTestPlan(
                new TargetUrl("ocsp.example", 80, "/"),
                pace,
                ConnectionSettings.keptAlive(4),
                Duration.ZERO,
                Duration.ofSeconds(2),
                100);
    }

    /// Of two seconds, with a latency of 1 ms, 2 ms, 3 ms … for one answer each.
    public static LoadTestResult right(RequestPacing pace, int answers) {
        return of(pace, answers, Map.of(), Map.of(), List.of(), 0);
    }

    public static LoadTestResult failed(
            RequestPacing pace, int answers, Map<RequestFailure, Long> failures) {
        return of(pace, answers, failures, Map.of(), List.of(), 0);
    }

    public static LoadTestResult wrong(RequestPacing pace, int answers, long wrong) {
        return of(
                pace,
                answers,
                Map.of(),
                Map.of(AnswerFault.CERT_STATUS, wrong),
                List.of(new WrongAnswer(QUESTION, AnswerFault.CERT_STATUS, "revoked")),
                0);
    }

    /// @param backlog requests that were due and not sent when the first second ended
    public static LoadTestResult queued(RequestPacing pace, int answers, long backlog) {
        return of(pace, answers, Map.of(), Map.of(), List.of(), backlog);
    }

    private static LoadTestResult of(
            RequestPacing pace,
            int answers,
            Map<RequestFailure, Long> failures,
            Map<AnswerFault, Long> wrong,
            List<WrongAnswer> examples,
            long backlog) {
        Histogram latency = IntervalCounters.newHistogram();
        for (int i = 1; i <= answers; i++) {
            latency.recordValue(i * 1_000_000L);
        }
        long half = answers / 2;
        return new LoadTestResult(
                plan(pace),
                Duration.ofSeconds(2),
                new LoadTestResult.Outcome(answers, failures, wrong, answers / 100, examples),
                latency,
                List.of(
                        new LoadTestResult.Second(0, 1, half, 1_000, 2_000, 3_000, 4_000, backlog),
                        new LoadTestResult.Second(
                                1, 1, answers - half, 1_000, 2_000, 3_000, 4_000, 0)),
                new LoadTestResult.DriverCost(Duration.ofMillis(500), 0.25));
    }
}
