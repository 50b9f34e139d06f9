package org.precertocsp.responder.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SignerUnavailableException.Cause;
import org.precertocsp.signer.SigningState;

final class KeyHealthTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

    private Optional<Cause> token = Optional.empty();
    private int probes;
    private final KeyHealth health = new KeyHealth(this::probe, START);

    @Test
    void key_in_use_is_well_without_a_probe() {
        health.update(state(1, Optional.empty()), START.plusSeconds(1));
        health.update(state(2, Optional.empty()), START.plusSeconds(2));

        assertThat(health.problem()).isEmpty();
        assertThat(probes).isZero();
    }

    @Test
    void one_failure_is_enough_to_look_closer() {
        token = Optional.of(Cause.KEY_FAILED);

        health.update(state(1, Optional.of(START.plusSeconds(1))), START.plusSeconds(1));

        assertThat(health.problem()).hasValueSatisfying(why -> assertThat(why).contains("KEY"));
    }

    @Test
    void token_that_dies_unused_is_noticed() {
        token = Optional.of(Cause.KEY_FAILED);

        health.update(state(0, Optional.empty()), START.plusSeconds(9));
        assertThat(health.problem()).isEmpty();

        health.update(state(0, Optional.empty()), START.plusSeconds(10));
        assertThat(health.problem()).isPresent();
    }

    @Test
    void token_that_is_back_is_noticed_without_any_request() {
        token = Optional.of(Cause.BREAKER_OPEN);
        health.update(state(0, Optional.of(START.plusSeconds(1))), START.plusSeconds(1));
        token = Optional.empty();

        health.update(state(0, Optional.of(START.plusSeconds(1))), START.plusSeconds(2));

        assertThat(health.problem()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"QUEUE_FULL", "DEADLINE"})
    void key_without_a_place_is_busy_while_it_signs_and_broken_when_it_no_longer_does(Cause cause) {
        token = Optional.of(cause);
        for (int second = 1; second <= 60; second++) {
            Instant now = START.plusSeconds(second);
            health.update(state(second / 5, Optional.of(now)), now);
            assertThat(health.problem()).isEmpty();
        }
        Instant now = START.plusSeconds(60);
        health.update(state(12, Optional.of(now)), now.plusSeconds(9));
        assertThat(health.problem()).isEmpty();

        health.update(state(12, Optional.of(now)), now.plusSeconds(10));
        assertThat(health.problem()).isPresent();
    }

    @Test
    void signature_that_does_not_verify_is_a_problem_until_the_key_signed_well_for_a_while() {
        Instant at = START.plusSeconds(1);
        health.update(invalid(1, at), at);
        assertThat(health.problem())
                .hasValueSatisfying(why -> assertThat(why).contains("SIGNATURE_INVALID"));

        // Every probe verifies, but now and then a client's signature does not.
        for (int i = 1; i <= 20; i++) {
            health.update(invalid(1, at), at.plusSeconds(i));
        }
        Instant again = at.plusSeconds(20);
        health.update(invalid(2, again), again);
        health.update(invalid(2, again), again.plus(KeyHealth.STEADY).minusSeconds(1));
        assertThat(health.problem()).isPresent();

        health.update(invalid(2, again), again.plus(KeyHealth.STEADY));
        assertThat(health.problem()).isEmpty();
    }

    private static SigningState invalid(long count, Instant at) {
        return new SigningState(
                0,
                0,
                false,
                Optional.of(new SigningState.Failure(at, "does not verify")),
                1,
                Map.of(Cause.SIGNATURE_INVALID, count),
                Map.of());
    }

    private void probe(Instant now) throws SignerUnavailableException {
        probes++;
        if (token.isPresent()) {
            throw new SignerUnavailableException(token.get(), "as the test wants");
        }
    }

    private static SigningState state(long signed, Optional<Instant> failedAt) {
        return new SigningState(
                0,
                0,
                false,
                failedAt.map(at -> new SigningState.Failure(at, "token gone")),
                signed,
                Map.of(),
                Map.of());
    }
}
