package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.EDGE;
import static org.precertocsp.responder.cluster.TestRecords.TIME;
import static org.precertocsp.responder.cluster.TestRecords.nonce;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.Lease.Moment;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusRecord;

/// How long an edge may say what may have become wrong.
final class LeaseTest {
    private static final ClusterRules RULES = ClusterRules.CONTRACT;
    private static final Duration S = Duration.ofSeconds(1_000);

    private static Moment at(long second) {
        return at(second, second);
    }

    private static Moment at(long even, long wall) {
        return new Moment(
                Duration.ofSeconds(even).toNanos(), Instant.ofEpochSecond(1_800_000_000 + wall));
    }

    private static Beat beat(String edge, int nonce) {
        return new Beat(A, 1, 0, TestRecords.DIGEST, TIME, List.of(new Echo(edge, nonce(nonce))));
    }

    private static Lease echoed(long sent) {
        return Lease.NONE
                .sending(nonce(1), at(sent))
                .reading(RULES, EDGE, beat(EDGE, 1), at(sent + 50));
    }

    @Test
    void a_lease_runs_from_the_moment_its_nonce_was_sent() {
        assertThat(echoed(100).since()).contains(at(100));
    }

    @ParameterizedTest(name = "{0} s on the monotonic clock, {1} s on the wall clock: {2}")
    @CsvSource({
        "0, 0, true",
        "998, 998, true",
        "999, 998, false",
        "998, 999, false",
        "10, 100000, false",
        "100000, 10, false",
        "10, -100000, true",
        "999, -100000, false"
    })
    void the_clock_that_moved_further_counts(long even, long wall, boolean valid) {
        assertThat(echoed(100).isValid(RULES, at(100 + even, 100 + wall), S)).isEqualTo(valid);
    }

    @Test
    void nothing_but_an_echo_of_its_own_nonce_brings_a_lease() {
        Lease sent = Lease.NONE.sending(nonce(1), at(1));

        assertThat(sent.isValid(RULES, at(1), S)).isFalse();
        assertThat(sent.reading(RULES, EDGE, beat("iad1", 1), at(2))).isEqualTo(sent);
        assertThat(sent.reading(RULES, EDGE, beat(EDGE, 2), at(2))).isEqualTo(sent);
        assertThat(
                        sent.reading(
                                RULES,
                                EDGE,
                                new Beat(A, 1, 0, TestRecords.DIGEST, TIME, List.of()),
                                at(2)))
                .isEqualTo(sent);
    }

    @Test
    void an_older_echo_never_replaces_a_newer_one() {
        Lease both = Lease.NONE.sending(nonce(1), at(1)).sending(nonce(2), at(2));

        Lease newest = both.reading(RULES, EDGE, beat(EDGE, 2), at(3));

        assertThat(newest).isEqualTo(new Lease(List.of(), Optional.of(at(2))));
        assertThat(newest.reading(RULES, EDGE, beat(EDGE, 1), at(4))).isEqualTo(newest);
        assertThat(newest.reading(RULES, EDGE, beat(EDGE, 2), at(4))).isEqualTo(newest);
    }

    @Test
    void a_restarted_process_has_neither_lease_nor_nonces() {
        Lease before = echoed(1).sending(nonce(2), at(2));

        Lease after = RULES.afterRestart(before);

        assertThat(after.isValid(RULES, at(2), S)).isFalse();
        assertThat(after.reading(RULES, EDGE, beat(EDGE, 2), at(3)).since()).isEmpty();
    }

    @Test
    void nonces_that_are_never_echoed_take_bounded_memory() {
        Lease lease = Lease.NONE;
        for (int i = 0; i <= Lease.MAX_OUTSTANDING; i++) {
            lease = lease.sending(nonce(i), at(i));
        }
        assertThat(lease.outstanding()).hasSize(Lease.MAX_OUTSTANDING);
        assertThat(lease.outstanding().getFirst().nonce()).isEqualTo(nonce(1));
    }

    @Test
    void revoked_needs_no_lease_and_everything_else_does() {
        Optional<StatusRecord> good =
                Optional.of(
                        new StatusRecord.Assigned(
                                AssignedBy.PRECERTIFICATE, Optional.empty(), Optional.empty()));
        Optional<StatusRecord> revoked =
                Optional.of(
                        new StatusRecord.Assigned(
                                AssignedBy.PRECERTIFICATE,
                                Optional.empty(),
                                Optional.of(
                                        new Revocation(
                                                TIME,
                                                RevocationReason.KEY_COMPROMISE,
                                                Optional.empty()))));
        Optional<StatusRecord> announced = Optional.of(new StatusRecord.Announced(TIME));
        for (Optional<StatusRecord> status : List.of(good, announced, noRecord())) {
            assertThat(Lease.NONE.allows(RULES, status, at(101), S)).isFalse();
            assertThat(echoed(100).allows(RULES, status, at(101), S)).isTrue();
        }
        assertThat(Lease.NONE.allows(RULES, revoked, at(101), S)).isTrue();
    }

    private static Optional<StatusRecord> noRecord() {
        return Optional.empty();
    }
}
