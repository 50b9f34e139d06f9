package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.cluster.TestRecords.B;
import static org.precertocsp.responder.cluster.TestRecords.DIGEST;
import static org.precertocsp.responder.cluster.TestRecords.EDGE;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.Lease.Moment;

/// When a lease ends that is looked at for each answer.
final class CurrentLeaseTest {
    private static final Duration STALENESS = Duration.ofSeconds(100);
    private static final long SECOND = 1_000_000_000L;

    private long nanos = Long.MAX_VALUE - SECOND;
    private long millis = 1_800_000_000_000L;
    private final CurrentLease lease =
            new CurrentLease(ClusterRules.CONTRACT, STALENESS, () -> nanos, () -> millis);

    private void pass(long seconds) {
        nanos += seconds * SECOND;
        millis += seconds * 1_000;
    }

    private void echo(ByteString nonce) {
        lease.read(EDGE, new Beat(B, 1, 0, DIGEST, Instant.EPOCH, List.of(new Echo(EDGE, nonce))));
    }

    @Test
    void it_runs_from_the_moment_the_nonce_was_sent() {
        assertThat(lease.isValid()).isFalse();
        ByteString nonce = lease.send();
        pass(60);
        assertThat(lease.isValid()).isFalse();
        echo(nonce);

        assertThat(lease.isValid()).isTrue();
        assertThat(lease.age()).contains(Duration.ofSeconds(60));
        pass(39);
        assertThat(lease.isValid()).isTrue();
        pass(1);
        assertThat(lease.isValid()).isFalse();
    }

    @Test
    void a_machine_that_slept_has_none() {
        echo(lease.send());
        millis += 100_000;

        assertThat(lease.isValid()).isFalse();
    }

    @Test
    void a_wall_clock_that_is_set_back_does_not_prolong_it() {
        echo(lease.send());
        pass(100);
        millis -= 90_000;

        assertThat(lease.isValid()).isFalse();
    }

    @Test
    void an_echo_that_nobody_waits_for_gives_none() {
        echo(TestRecords.nonce(9));

        assertThat(lease.isValid()).isFalse();
        assertThat(lease.age()).isEmpty();
    }

    @Test
    void a_record_of_its_own_that_it_reads_back_gives_one() {
        Moment sent = lease.now();
        pass(99);
        lease.readOwn(sent);

        assertThat(lease.isValid()).isTrue();
        pass(1);
        assertThat(lease.isValid()).isFalse();
    }

    /// The end, looked at for each answer, is what the rules say.
    @Property(tries = 500)
    void the_end_agrees_with_the_rules(
            @ForAll @LongRange(min = -200, max = 200) long byNanos,
            @ForAll @LongRange(min = -200, max = 200) long byWall) {
        Moment sent = lease.now();
        lease.readOwn(sent);
        nanos += byNanos * SECOND;
        millis += byWall * 1_000;

        assertThat(lease.isValid())
                .isEqualTo(
                        new Lease(List.of(), Optional.of(sent))
                                .isValid(ClusterRules.CONTRACT, lease.now(), STALENESS));
    }
}
