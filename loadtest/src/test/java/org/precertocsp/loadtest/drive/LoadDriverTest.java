package org.precertocsp.loadtest.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.precertocsp.TestCa;
import org.precertocsp.loadtest.SignedAnswers;
import org.precertocsp.loadtest.StubResponder;
import org.precertocsp.loadtest.StubResponder.Conduct;
import org.precertocsp.loadtest.StubResponder.Deed;
import org.precertocsp.loadtest.requests.ExpectedStatus;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.SerialPopulation;
import org.precertocsp.loadtest.requests.SerialTable;
import org.precertocsp.loadtest.requests.TargetUrl;
import org.precertocsp.loadtest.requests.Workload;
import org.precertocsp.loadtest.verify.OcspAnswerVerifier;
import org.precertocsp.ocsp.Serial;

/// Real sockets and real time: bounds are wide, since a build machine may stall.
final class LoadDriverTest {
    private static final TestCa CA = TestCa.root("Load Test CA");
    private static final Serial GOOD = Serial.ofHex("1234");
    private static final Serial REVOKED = Serial.ofHex("5678");
    private static final RequestPacing RATE = new RequestPacing.Rate(200);
    private static final ConnectionSettings FOUR = ConnectionSettings.keptAlive(4);

    @Test
    void every_request_of_the_schedule_is_sent_and_answered() throws Exception {
        LoadTestResult run =
                run(_ -> Deed.SIGN, RATE, FOUR, new Workload.Shares(0.5, 0.5, 0.5, 0.2));

        assertThat(run.outcome().completed()).isEqualTo(200);
        assertThat(run.outcome().failures()).isEmpty();
        assertThat(run.outcome().wrong()).isEmpty();
        assertThat(run.outcome().verified()).isGreaterThanOrEqualTo(20);
        assertThat(run.latency().getTotalCount()).isEqualTo(200);
        assertThat(run.timeline().stream().mapToLong(LoadTestResult.Second::completed).sum())
                .isEqualTo(200);
    }

    @Test
    void what_is_sent_during_the_warm_up_is_answered_and_not_measured() throws Exception {
        SignedAnswers answers =
                new SignedAnswers(CA, Instant.now().minusSeconds(60)).good(GOOD).revoked(REVOKED);
        try (StubResponder responder = StubResponder.of(answers, _ -> Deed.SIGN)) {
            LoadTestPlan plan =
                    new LoadTestPlan(
                            responder.target(),
                            RATE,
                            FOUR,
                            Duration.ofMillis(500),
                            Duration.ofMillis(500),
                            0);

            LoadTestResult run =
                    LoadDriver.run(
                            plan,
                            supply(plain()),
                            new OcspAnswerVerifier(CA.certificate()),
                            RunProgressListener.SILENT);

            assertThat(responder.requests()).isEqualTo(200);
            assertThat(run.outcome().completed()).isEqualTo(100);
            assertThat(run.latency().getTotalCount()).isEqualTo(100);
        }
    }

    @Test
    void a_closed_loop_asks_as_soon_as_it_is_answered() throws Exception {
        LoadTestResult run = run(_ -> Deed.SIGN, new RequestPacing.Saturate(), FOUR, plain());

        assertThat(run.outcome().completed()).isGreaterThan(200);
        assertThat(run.outcome().failures()).isEmpty();
    }

    @Test
    void connections_may_be_closed_after_each_answer() throws Exception {
        LoadTestResult run =
                run(_ -> Deed.SIGN, RATE, new ConnectionSettings(4, false, 1), plain());

        assertThat(run.outcome().completed()).isEqualTo(200);
        assertThat(run.outcome().failures()).isEmpty();
    }

    @Test
    void pipelined_and_chunked_answers_are_told_apart() throws Exception {
        LoadTestResult run =
                run(_ -> Deed.CHUNKED, RATE, new ConnectionSettings(1, true, 8), plain());

        assertThat(run.outcome().completed()).isEqualTo(200);
        assertThat(run.outcome().wrong()).isEmpty();
    }

    @Test
    void pipelined_requests_behind_a_lost_connection_fail_and_the_next_ones_are_sent()
            throws Exception {
        LoadTestResult run =
                run(
                        request -> request % 50 == 0 ? Deed.HANG_UP : Deed.SIGN,
                        new RequestPacing.Rate(2_000),
                        new ConnectionSettings(1, true, 8),
                        plain());

        assertThat(run.outcome().failures()).containsOnlyKeys(RequestFailure.CLOSED);
        assertThat(run.outcome().failed()).isPositive();
        assertThat(run.outcome().completed() + run.outcome().failed()).isEqualTo(2_000);
        assertThat(run.outcome().wrong()).isEmpty();
    }

    @Test
    void an_interrupted_run_ends() {
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread running =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        run(
                                                _ -> Deed.SIGN,
                                                new RequestPacing.Rate(1),
                                                FOUR,
                                                plain());
                                    } catch (Exception e) {
                                        end.set(e);
                                    }
                                });
        running.interrupt();

        assertThat(joined(running)).isTrue();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
    }

    private static boolean joined(Thread thread) {
        try {
            return thread.join(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_stall_is_counted_against_every_request_that_waited_for_it() throws Exception {
        ConnectionSettings one = ConnectionSettings.keptAlive(1);
        LoadTestResult run =
                run(
                        request -> {
                            if (request == 100) {
                                Thread.sleep(400);
                            }
                            return Deed.SIGN;
                        },
                        RATE,
                        one,
                        plain());

        assertThat(run.outcome().completed()).isEqualTo(200);
        assertThat(run.latency().getMaxValue()).isGreaterThan(350_000_000L);
        // 400 ms at 200/s: 80 requests were due meanwhile, half of which waited over 200 ms.
        assertThat(run.latency().getCountBetweenValues(200_000_000L, 10_000_000_000L))
                .isGreaterThanOrEqualTo(30);
    }

    @Test
    void wrong_statuses_are_found_and_described() throws Exception {
        LoadTestResult run =
                run(
                        request -> request % 10 == 0 ? Deed.SIGN_FALSELY : Deed.SIGN,
                        RATE,
                        FOUR,
                        plain(),
                        1);

        assertThat(run.outcome().wrong()).isEqualTo(Map.of(AnswerFault.CERT_STATUS, 20L));
        assertThat(run.outcome().examples()).hasSize(20);
        assertThat(run.outcome().verified()).isEqualTo(200);
    }

    @Test
    void failures_are_counted_by_kind() throws Exception {
        LoadTestResult run =
                run(
                        request ->
                                switch (request % 20) {
                                    case 1 -> Deed.ERROR_500;
                                    case 2 -> Deed.TRY_LATER;
                                    case 3 -> Deed.HANG_UP;
                                    default -> Deed.SIGN;
                                },
                        RATE,
                        FOUR,
                        plain());

        assertThat(run.outcome().failures())
                .isEqualTo(
                        Map.of(
                                RequestFailure.HTTP_STATUS,
                                10L,
                                RequestFailure.TRY_LATER,
                                10L,
                                RequestFailure.CLOSED,
                                10L));
        assertThat(run.outcome().completed()).isEqualTo(170);
    }

    @Test
    void garbage_and_unauthorized_are_wrong_without_a_full_check() throws Exception {
        LoadTestResult garbage = run(_ -> Deed.GARBAGE, RATE, FOUR, plain());
        assertThat(garbage.outcome().wrong()).isEqualTo(Map.of(AnswerFault.MALFORMED, 200L));

        try (StubResponder knowsNothing =
                StubResponder.of(new SignedAnswers(CA, Instant.now()), _ -> Deed.SIGN)) {
            LoadTestResult refused = run(knowsNothing, RATE, FOUR, plain(), 0);
            assertThat(refused.outcome().wrong())
                    .isEqualTo(Map.of(AnswerFault.RESPONSE_STATUS, 200L));
        }
    }

    @Test
    void nobody_listening_is_said_at_once() {
        LoadTestPlan plan =
                new LoadTestPlan(
                        new TargetUrl("127.0.0.1", 1, "/"),
                        RATE,
                        FOUR,
                        Duration.ZERO,
                        Duration.ofSeconds(1),
                        0);

        assertThatThrownBy(
                        () ->
                                LoadDriver.run(
                                        plan,
                                        supply(plain()),
                                        new OcspAnswerVerifier(CA.certificate()),
                                        RunProgressListener.SILENT))
                .isInstanceOf(TargetUnreachableException.class)
                .hasMessageContaining("127.0.0.1 port 1");
    }

    /// Some servers cannot bear a connection without a request, so none is made to find out.
    @Test
    void nobody_listening_is_told_after_the_run_if_each_request_has_its_connection() {
        LoadTestPlan plan =
                new LoadTestPlan(
                        new TargetUrl("127.0.0.1", 1, "/"),
                        new RequestPacing.Saturate(),
                        new ConnectionSettings(4, false, 1),
                        Duration.ZERO,
                        Duration.ofMillis(300),
                        0);

        assertThatThrownBy(
                        () ->
                                LoadDriver.run(
                                        plan,
                                        supply(plain()),
                                        new OcspAnswerVerifier(CA.certificate()),
                                        RunProgressListener.SILENT))
                .isInstanceOf(TargetUnreachableException.class)
                .hasMessageContaining("127.0.0.1 port 1");
    }

    private static Workload.Shares plain() {
        return new Workload.Shares(0.5, 0, 0, 0);
    }

    private static LoadTestResult run(
            Conduct conduct,
            RequestPacing pace,
            ConnectionSettings connections,
            Workload.Shares shares)
            throws Exception {
        return run(conduct, pace, connections, shares, 10);
    }

    private static LoadTestResult run(
            Conduct conduct,
            RequestPacing pace,
            ConnectionSettings connections,
            Workload.Shares shares,
            int verifyEvery)
            throws Exception {
        SignedAnswers answers =
                new SignedAnswers(CA, Instant.now().minusSeconds(60)).good(GOOD).revoked(REVOKED);
        try (StubResponder responder = StubResponder.of(answers, conduct)) {
            return run(responder, pace, connections, shares, verifyEvery);
        }
    }

    private static LoadTestResult run(
            StubResponder responder,
            RequestPacing pace,
            ConnectionSettings connections,
            Workload.Shares shares,
            int verifyEvery)
            throws Exception {
        LoadTestPlan plan =
                new LoadTestPlan(
                        responder.target(),
                        pace,
                        connections,
                        Duration.ZERO,
                        Duration.ofSeconds(1),
                        verifyEvery);
        return LoadDriver.run(
                plan,
                supply(shares),
                new OcspAnswerVerifier(CA.certificate()),
                RunProgressListener.SILENT);
    }

    private static RequestStream supply(Workload.Shares shares) {
        SerialTable table =
                SerialTable.builder()
                        .add(GOOD, ExpectedStatus.GOOD)
                        .add(REVOKED, ExpectedStatus.REVOKED)
                        .build();
        return RequestStream.of(
                SerialPopulation.of(CA.certificate(), table, 1),
                new Workload(shares, new Workload.Order.Sequential(), 1));
    }
}
