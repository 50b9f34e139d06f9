package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.TestWait.await;
import static org.precertocsp.signer.ResponseContents.NOW;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.signer.SignerUnavailableException.Cause;

@Timeout(120)
final class BoundedSignerTest {
    private static final TestCa CA = TestCa.root("Bounds");
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofMillis(40);
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final BlockingSigner token = new BlockingSigner();
    private final TickingClock clock = new TickingClock(NOW);
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private @Nullable BoundedSigner signer;

    @AfterEach
    void let_everything_go() {
        token.open();
        callers.shutdownNow();
        if (signer != null) {
            signer.close();
        }
    }

    @Test
    void no_more_than_the_allowed_number_ever_sign_at_once() throws Exception {
        BoundedSigner bounded = bounded(3, 100, LONG);
        List<Future<@Nullable Cause>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(call(bounded));
        }
        token.awaitEntered(3);

        assertThat(bounded.state().inFlight()).isEqualTo(3);
        token.open();

        for (Future<@Nullable Cause> call : calls) {
            assertThat(call.get()).isNull();
        }
        assertThat(token.mostRunning()).isEqualTo(3);
        assertThat(bounded.state().signed()).isEqualTo(20);
        assertThat(bounded.state().waiting()).isZero();
    }

    @Test
    void one_more_than_may_wait_is_refused_at_once() throws Exception {
        BoundedSigner bounded = bounded(1, 1, LONG);
        Future<@Nullable Cause> inFlight = call(bounded);
        token.awaitEntered(1);
        Future<@Nullable Cause> waiting = call(bounded);
        awaitWaiting(bounded, 1);

        assertThat(outcome(bounded)).isEqualTo(Cause.QUEUE_FULL);

        token.open();
        assertThat(inFlight.get()).isNull();
        assertThat(waiting.get()).isNull();
        assertThat(bounded.state().refused()).containsEntry(Cause.QUEUE_FULL, 1L);
    }

    @Test
    void nobody_waits_where_no_waiters_are_allowed() throws Exception {
        BoundedSigner bounded = bounded(1, 0, LONG);
        Future<@Nullable Cause> inFlight = call(bounded);
        token.awaitEntered(1);

        assertThat(outcome(bounded)).isEqualTo(Cause.QUEUE_FULL);

        token.open();
        assertThat(inFlight.get()).isNull();
        awaitInFlight(bounded, 0);
        assertThat(outcome(bounded)).isNull();
    }

    @Test
    @Requirement("TF-17")
    void a_hung_token_frees_its_caller_at_the_deadline_and_keeps_its_place() throws Exception {
        BoundedSigner bounded = bounded(1, 5, SHORT);

        assertThat(outcome(bounded)).isEqualTo(Cause.DEADLINE);
        assertThat(outcome(bounded)).as("while waiting for the place").isEqualTo(Cause.DEADLINE);

        assertThat(token.calls()).isEqualTo(1);
        assertThat(bounded.state().inFlight()).isEqualTo(1);
        token.open();
        awaitInFlight(bounded, 0);
    }

    @Test
    void the_deadline_counts_from_the_arrival() {
        BoundedSigner bounded = bounded(1, 5, Duration.ofSeconds(5));
        token.open();
        clock.move(Duration.ofSeconds(6));

        assertThat(outcome(bounded)).isEqualTo(Cause.DEADLINE);
        assertThat(token.calls()).isZero();
    }

    @Test
    void a_clock_set_back_makes_no_deadline_longer_than_the_timeout() {
        BoundedSigner bounded = bounded(1, 5, SHORT);
        clock.move(Duration.ofDays(-1));

        assertThat(outcome(bounded)).isEqualTo(Cause.DEADLINE);
    }

    @Test
    void failures_in_a_row_open_the_breaker_and_a_probe_closes_it() {
        BoundedSigner bounded = bounded(2, 5, LONG);
        token.open();
        token.failWith(new SignerUnavailableException(Cause.KEY_FAILED, "token removed"));
        for (int i = 0; i < 3; i++) {
            assertThat(outcome(bounded)).isEqualTo(Cause.KEY_FAILED);
        }

        assertThat(outcome(bounded)).isEqualTo(Cause.BREAKER_OPEN);
        assertThat(token.calls()).isEqualTo(3);
        assertThat(bounded.state().breakerOpen()).isTrue();
        assertThat(bounded.state().lastFailure())
                .contains(new SigningState.Failure(NOW, "token removed"));

        clock.move(PAUSE);
        assertThat(at(bounded, clock.instant())).as("probe").isEqualTo(Cause.KEY_FAILED);
        assertThat(at(bounded, clock.instant())).isEqualTo(Cause.BREAKER_OPEN);

        clock.move(PAUSE);
        token.failWith(null);
        assertThat(at(bounded, clock.instant())).as("probe").isNull();
        assertThat(at(bounded, clock.instant())).isNull();
        assertThat(bounded.state().breakerOpen()).isFalse();
    }

    @Test
    void successes_between_failures_keep_the_breaker_closed() {
        BoundedSigner bounded = bounded(1, 5, LONG);
        token.open();
        for (int i = 0; i < 9; i++) {
            boolean fails = i % 3 != 2;
            token.failWith(
                    fails ? new SignerUnavailableException(Cause.KEY_FAILED, "flaky") : null);
            assertThat(outcome(bounded)).isEqualTo(fails ? Cause.KEY_FAILED : null);
        }
        assertThat(bounded.state().breakerOpen()).isFalse();
    }

    @Test
    void a_hung_call_counts_as_a_failure_even_if_it_succeeds_later() throws Exception {
        BoundedSigner bounded = bounded(3, 5, SHORT);
        for (int i = 0; i < 3; i++) {
            assertThat(outcome(bounded)).isEqualTo(Cause.DEADLINE);
        }
        token.open();
        awaitInFlight(bounded, 0);

        assertThat(outcome(bounded)).isEqualTo(Cause.BREAKER_OPEN);
    }

    @Test
    void waiters_do_not_run_into_a_key_the_breaker_has_given_up() throws Exception {
        BoundedSigner bounded = bounded(1, 10, LONG);
        token.failWith(new SignerUnavailableException(Cause.KEY_FAILED, "token removed"));
        List<Future<@Nullable Cause>> calls = new ArrayList<>();
        calls.add(call(bounded));
        token.awaitEntered(1);
        for (int i = 0; i < 9; i++) {
            calls.add(call(bounded));
        }
        awaitWaiting(bounded, 9);

        token.open();

        List<@Nullable Cause> causes = new ArrayList<>();
        for (Future<@Nullable Cause> call : calls) {
            causes.add(call.get());
        }
        assertThat(causes)
                .contains(Cause.BREAKER_OPEN)
                .containsOnly(Cause.KEY_FAILED, Cause.BREAKER_OPEN);
        assertThat(token.calls()).isEqualTo(3);
    }

    @Test
    void a_credential_that_ends_says_nothing_about_the_key() {
        BoundedSigner bounded = bounded(1, 5, LONG);
        token.open();
        token.failWith(new SignerUnavailableException(Cause.CREDENTIAL_ENDING, "too soon"));
        for (int i = 0; i < 5; i++) {
            assertThat(outcome(bounded)).isEqualTo(Cause.CREDENTIAL_ENDING);
        }
        assertThat(bounded.state().breakerOpen()).isFalse();
        assertThat(bounded.state().refused()).containsEntry(Cause.CREDENTIAL_ENDING, 5L);
    }

    @Test
    void a_defect_reaches_the_caller_and_frees_its_place() {
        BoundedSigner bounded = bounded(1, 0, LONG);
        token.open();
        token.failWith(new IllegalStateException("defect"));
        for (int i = 0; i < 5; i++) {
            awaitInFlight(bounded, 0);
            assertThatThrownBy(() -> bounded.sign(ResponseContents.good(CA)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("defect");
        }
        assertThat(bounded.state().breakerOpen()).isFalse();
    }

    @Test
    void an_interrupted_caller_leaves_and_stays_interrupted() {
        BoundedSigner bounded = bounded(1, 5, LONG);
        Thread.currentThread().interrupt();

        assertThat(outcome(bounded)).isEqualTo(Cause.DEADLINE);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_closed_signer_refuses_and_what_is_under_way_ends() throws Exception {
        BoundedSigner bounded = bounded(2, 5, LONG);
        Future<@Nullable Cause> underWay = call(bounded);
        token.awaitEntered(1);

        bounded.close();

        assertThat(outcome(bounded)).isEqualTo(Cause.QUEUE_FULL);
        token.open();
        assertThat(underWay.get()).isNull();
        awaitInFlight(bounded, 0);
    }

    @Test
    void limits_that_let_nothing_through_are_refused() {
        assertThatThrownBy(() -> new SigningConfig(0, 1, 1, LONG, 1, PAUSE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SigningConfig(1, 1, 1, Duration.ZERO, 1, PAUSE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private BoundedSigner bounded(int inFlight, int waiters, Duration timeout) {
        BoundedSigner made =
                new BoundedSigner(
                        token, new SigningConfig(inFlight, waiters, 100, timeout, 3, PAUSE), clock);
        signer = made;
        return made;
    }

    private Future<@Nullable Cause> call(BoundedSigner bounded) {
        return callers.submit(() -> outcome(bounded));
    }

    /// The refusal, or null where it was signed.
    private static @Nullable Cause outcome(BoundedSigner bounded) {
        return at(bounded, NOW);
    }

    private static @Nullable Cause at(BoundedSigner bounded, Instant arrival) {
        ResponseContent good = ResponseContents.good(CA);
        try {
            bounded.sign(
                    new ResponseContent(
                            good.answers(),
                            good.window(),
                            Optional.empty(),
                            Optional.empty(),
                            arrival));
            return null;
        } catch (SignerUnavailableException e) {
            return e.reason();
        }
    }

    private static void awaitWaiting(BoundedSigner bounded, int number) {
        await(() -> bounded.state().waiting() == number);
    }

    private static void awaitInFlight(BoundedSigner bounded, int number) {
        await(() -> bounded.state().inFlight() == number);
    }
}
