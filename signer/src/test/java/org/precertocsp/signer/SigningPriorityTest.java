package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;
import static org.precertocsp.signer.ResponseContents.NOW;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.SignerUnavailableException.Cause;

/// Who comes first, and on which thread.
@Timeout(120)
final class SigningPriorityTest {
    private static final TestCa CA = TestCa.root("Lanes");
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofMillis(40);

    private static final ResponseContent FIRST = lasting(1);
    private static final ResponseContent RENEWAL = lasting(2);
    private static final ResponseContent LIVE = lasting(3);
    private static final ResponseContent URGENT = lasting(4);

    private final BlockingSigner key = new BlockingSigner();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private @Nullable BoundedSigner signer;

    @AfterEach
    void let_everything_go() {
        key.open();
        callers.shutdownNow();
        if (signer != null) {
            signer.close();
        }
    }

    @Test
    void revocations_come_before_clients_and_clients_before_renewals() throws Exception {
        BoundedSigner bounded = bounded(1, 5, LONG);
        List<Future<@Nullable Cause>> calls = new ArrayList<>();
        calls.add(call(bounded, FIRST));
        key.awaitEntered(1);
        calls.add(call(bounded.background(), RENEWAL));
        awaitWaiting(bounded, SigningPriority.RENEWAL, 1);
        calls.add(call(bounded, LIVE));
        awaitWaiting(bounded, SigningPriority.LIVE, 1);
        calls.add(call(bounded.urgent(), URGENT));
        awaitWaiting(bounded, SigningPriority.REVOCATION, 1);

        key.open();

        for (Future<@Nullable Cause> call : calls) {
            assertThat(call.get()).isNull();
        }
        assertThat(key.begun()).containsExactly(FIRST, URGENT, LIVE, RENEWAL);
        assertThat(bounded.state().signed()).isEqualTo(4);
        assertThat(lane(bounded, SigningPriority.LIVE)).isEqualTo(new SigningState.Lane(0, 0, 2));
        assertThat(lane(bounded, SigningPriority.RENEWAL))
                .isEqualTo(new SigningState.Lane(0, 0, 1));
    }

    @Test
    void renewals_leave_a_quarter_of_the_places_to_others() throws Exception {
        for (int places : new int[] {2, 4, 8}) {
            BoundedSigner bounded = bounded(places, 0, LONG);
            int most = places - Math.ceilDiv(places, 4);
            for (int i = 0; i < places; i++) {
                var _ = call(bounded.background(), RENEWAL);
            }
            key.awaitEntered(most);
            awaitWaiting(bounded, SigningPriority.RENEWAL, places - most);

            Future<@Nullable Cause> live = call(bounded, LIVE);
            key.awaitEntered(1);

            assertThat(lane(bounded, SigningPriority.RENEWAL).inFlight()).isEqualTo(most);
            key.letThrough(places + 1);
            assertThat(live.get()).isNull();
            key.awaitEntered(places - most);
            await(() -> bounded.state().inFlight() == 0);
        }
    }

    @Test
    void clients_that_saturate_the_key_leave_every_fourth_signature_to_renewals() throws Exception {
        assertThat(order(SigningPriority.LIVE, LIVE, 12, SigningPriority.RENEWAL, RENEWAL, 3))
                .containsExactly(
                        LIVE, LIVE, LIVE, RENEWAL, LIVE, LIVE, LIVE, RENEWAL, LIVE, LIVE, LIVE,
                        RENEWAL, LIVE, LIVE, LIVE);
    }

    @Test
    void renewals_leave_every_sixteenth_signature_to_answers_for_one_request_alone()
            throws Exception {
        List<ResponseContent> order =
                order(SigningPriority.RENEWAL, RENEWAL, 34, SigningPriority.SINGLE_USE, LIVE, 3);

        assertThat(order.subList(0, 15)).containsOnly(RENEWAL);
        assertThat(order.get(15)).isEqualTo(LIVE);
        assertThat(order.subList(16, 31)).containsOnly(RENEWAL);
        assertThat(order.get(31)).isEqualTo(LIVE);
    }

    @Test
    void revocations_without_end_leave_every_fourth_signature_to_clients() throws Exception {
        assertThat(order(SigningPriority.REVOCATION, URGENT, 6, SigningPriority.LIVE, LIVE, 1))
                .containsExactly(URGENT, URGENT, URGENT, LIVE, URGENT, URGENT, URGENT);
    }

    /// In which they are signed, all of them waiting for the one place at once.
    private List<ResponseContent> order(
            SigningPriority high,
            ResponseContent highs,
            int manyHigh,
            SigningPriority low,
            ResponseContent lows,
            int manyLow)
            throws Exception {
        BoundedSigner bounded = bounded(1, 100, LONG);
        List<Future<@Nullable Cause>> calls = new ArrayList<>();
        calls.add(call(bounded, FIRST));
        key.awaitEntered(1);
        for (int i = 1; i <= manyLow; i++) {
            calls.add(call(in(low, bounded), lows));
            awaitWaiting(bounded, low, i);
        }
        for (int i = 1; i <= manyHigh; i++) {
            calls.add(call(in(high, bounded), highs));
            awaitWaiting(bounded, high, i);
        }
        key.open();
        for (Future<@Nullable Cause> call : calls) {
            assertThat(call.get()).isNull();
        }
        return key.begun().subList(1, key.begun().size());
    }

    private static ResponseSigner in(SigningPriority lane, BoundedSigner bounded) {
        return switch (lane) {
            case REVOCATION -> bounded.urgent();
            case LIVE -> bounded;
            case RENEWAL -> bounded.background();
            case SINGLE_USE -> bounded.singleUse();
        };
    }

    @Test
    void answers_for_one_request_alone_have_a_quarter_of_the_places_and_few_waiters()
            throws Exception {
        BoundedSigner bounded = bounded(8, 100, LONG);
        for (int i = 0; i < 18; i++) {
            var _ = call(bounded.singleUse(), LIVE);
        }
        key.awaitEntered(2);
        awaitWaiting(bounded, SigningPriority.SINGLE_USE, 16);

        assertThat(outcome(bounded.singleUse(), LIVE)).isEqualTo(Cause.QUEUE_FULL);

        assertThat(lane(bounded, SigningPriority.SINGLE_USE).inFlight()).isEqualTo(2);
        assertThat(BoundedSigner.mostSingleUse(new SigningConfig(8, 100, 1, LONG, 1, LONG)))
                .isEqualTo(18);
        for (int i = 0; i < 6; i++) {
            var _ = call(bounded.background(), RENEWAL);
        }
        key.awaitEntered(4);
        awaitWaiting(bounded, SigningPriority.RENEWAL, 2);
        var _ = call(bounded, LIVE);
        key.awaitEntered(1);
    }

    @Test
    void answers_for_one_request_alone_beyond_the_rate_are_refused_and_others_are_not() {
        key.compute();
        key.open();
        BoundedSigner bounded = bounded(key, 2, 5, 1, LONG);

        assertThat(outcome(bounded.singleUse(), LIVE)).isNull();
        assertThat(outcome(bounded.singleUse(), LIVE)).isEqualTo(Cause.RATE_LIMITED);
        assertThat(outcome(bounded.singleUse(), LIVE)).isEqualTo(Cause.RATE_LIMITED);

        assertThat(outcome(bounded, LIVE)).isNull();
        assertThat(bounded.state().refused()).containsEntry(Cause.RATE_LIMITED, 2L);
        assertThat(bounded.state().breakerOpen()).isFalse();
    }

    @Test
    void neither_renewals_nor_clients_take_the_waiting_places_of_others() throws Exception {
        BoundedSigner bounded = bounded(1, 1, LONG);
        Future<@Nullable Cause> first = call(bounded, FIRST);
        key.awaitEntered(1);
        Future<@Nullable Cause> renewal = call(bounded.background(), RENEWAL);
        Future<@Nullable Cause> another = call(bounded.background(), RENEWAL);
        awaitWaiting(bounded, SigningPriority.RENEWAL, 2);
        Future<@Nullable Cause> live = call(bounded, LIVE);
        awaitWaiting(bounded, SigningPriority.LIVE, 1);
        Future<@Nullable Cause> urgent = call(bounded.urgent(), URGENT);
        awaitWaiting(bounded, SigningPriority.REVOCATION, 1);

        assertThat(outcome(bounded, LIVE)).isEqualTo(Cause.QUEUE_FULL);
        assertThat(outcome(bounded.urgent(), URGENT)).isEqualTo(Cause.QUEUE_FULL);

        key.open();
        for (Future<@Nullable Cause> call : List.of(first, renewal, another, live, urgent)) {
            assertThat(call.get()).isNull();
        }
    }

    @Test
    void renewals_wait_longer_than_clients_do() throws Exception {
        BoundedSigner bounded = bounded(1, 5, SHORT);
        assertThat(outcome(bounded, FIRST)).isEqualTo(Cause.DEADLINE);
        Future<@Nullable Cause> renewal = call(bounded.background(), RENEWAL);
        awaitWaiting(bounded, SigningPriority.RENEWAL, 1);

        assertThat(outcome(bounded, LIVE)).as("waits as long as may be").isEqualTo(Cause.DEADLINE);

        assertThat(lane(bounded, SigningPriority.RENEWAL).waiting()).isEqualTo(1);
        key.open();
        assertThat(renewal.get()).isNull();
    }

    @Test
    void a_token_that_hangs_holds_no_renewal_for_ever() {
        BoundedSigner bounded = bounded(1, 5, SHORT);

        assertThat(outcome(bounded.background(), RENEWAL)).isEqualTo(Cause.DEADLINE);
    }

    @Test
    void closing_frees_those_who_wait() throws Exception {
        BoundedSigner bounded = bounded(1, 5, LONG);
        Future<@Nullable Cause> first = call(bounded, FIRST);
        key.awaitEntered(1);
        List<Future<@Nullable Cause>> waiting =
                List.of(call(bounded.background(), RENEWAL), call(bounded, LIVE));
        await(() -> bounded.state().waiting() == 2);

        bounded.close();

        for (Future<@Nullable Cause> call : waiting) {
            assertThat(call.get()).isEqualTo(Cause.QUEUE_FULL);
        }
        key.open();
        assertThat(first.get()).isNull();
        await(() -> bounded.state().inFlight() == 0);
        assertThat(key.calls()).isEqualTo(1);
    }

    @Test
    void an_interrupted_renewal_leaves_the_queue() throws Exception {
        BoundedSigner bounded = bounded(1, 5, LONG);
        var _ = call(bounded, FIRST);
        key.awaitEntered(1);
        CompletableFuture<@Nullable Cause> refusal = new CompletableFuture<>();
        Thread renewing =
                Thread.ofPlatform()
                        .start(() -> refusal.complete(outcome(bounded.background(), RENEWAL)));
        awaitWaiting(bounded, SigningPriority.RENEWAL, 1);

        renewing.interrupt();

        assertThat(refusal.get()).isEqualTo(Cause.DEADLINE);
        assertThat(bounded.state().waiting()).isZero();
    }

    @Test
    void what_just_computes_signs_on_its_callers_thread() throws Exception {
        List<Thread> threads = new ArrayList<>();
        ResponseSigner computing =
                new ResponseSigner() {
                    @Override
                    public SignedResponse sign(ResponseContent content) {
                        threads.add(Thread.currentThread());
                        return new SignedResponse(ByteString.of(), NOW, content.window());
                    }

                    @Override
                    public boolean mayHang() {
                        return false;
                    }
                };
        try (BoundedSigner bounded = bounded(computing, 1, 0, LONG)) {
            bounded.sign(LIVE);
            bounded.urgent().sign(URGENT);
            bounded.background().sign(RENEWAL);
        }

        assertThat(threads).hasSize(3).containsOnly(Thread.currentThread());
    }

    @Test
    void what_just_computes_keeps_to_the_same_limits() throws Exception {
        key.compute();
        BoundedSigner bounded = bounded(3, 17, LONG);
        List<Future<@Nullable Cause>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(call(bounded, LIVE));
        }
        key.awaitEntered(3);
        awaitWaiting(bounded, SigningPriority.LIVE, 17);

        assertThat(outcome(bounded, LIVE)).isEqualTo(Cause.QUEUE_FULL);

        key.open();
        for (Future<@Nullable Cause> call : calls) {
            assertThat(call.get()).isNull();
        }
        assertThat(key.mostRunning()).isEqualTo(3);
    }

    @Test
    void the_breaker_is_one_for_all_lanes() {
        key.compute();
        key.open();
        BoundedSigner bounded = bounded(2, 5, LONG);
        key.failWith(new SignerUnavailableException(Cause.KEY_FAILED, "library gone"));
        List<ResponseSigner> lanes = List.of(bounded.background(), bounded, bounded.urgent());
        for (ResponseSigner lane : lanes) {
            assertThat(outcome(lane, LIVE)).isEqualTo(Cause.KEY_FAILED);
        }

        for (ResponseSigner lane : lanes) {
            assertThat(outcome(lane, LIVE)).isEqualTo(Cause.BREAKER_OPEN);
        }
        assertThat(bounded.state().inFlight()).isZero();
    }

    private BoundedSigner bounded(int places, int waiters, Duration timeout) {
        return bounded(key, places, waiters, timeout);
    }

    private BoundedSigner bounded(ResponseSigner inner, int places, int waiters, Duration timeout) {
        return bounded(inner, places, waiters, 1_000, timeout);
    }

    private BoundedSigner bounded(
            ResponseSigner inner, int places, int waiters, int perSecond, Duration timeout) {
        BoundedSigner made =
                new BoundedSigner(
                        inner,
                        new SigningConfig(places, waiters, perSecond, timeout, 3, LONG),
                        () -> NOW);
        signer = made;
        return made;
    }

    private Future<@Nullable Cause> call(ResponseSigner lane, ResponseContent content) {
        return callers.submit(() -> outcome(lane, content));
    }

    /// The refusal, or null where it was signed.
    private static @Nullable Cause outcome(ResponseSigner lane, ResponseContent content) {
        try {
            lane.sign(content);
            return null;
        } catch (SignerUnavailableException e) {
            return e.reason();
        }
    }

    private static ResponseContent lasting(int days) {
        return ResponseContents.lasting(CA, Duration.ofDays(days));
    }

    private static SigningState.Lane lane(BoundedSigner bounded, SigningPriority lane) {
        return bounded.state().lanes().getOrDefault(lane, new SigningState.Lane(-1, -1, -1));
    }

    private static void awaitWaiting(BoundedSigner bounded, SigningPriority lane, int number) {
        await(() -> lane(bounded, lane).waiting() == number);
    }
}
