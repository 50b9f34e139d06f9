package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.B;
import static org.precertocsp.responder.cluster.TestRecords.PUT;
import static org.precertocsp.responder.cluster.TestRecords.genuine;
import static org.precertocsp.responder.cluster.TestRecords.nonce;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.cluster.Authority.Fate;
import org.precertocsp.responder.cluster.Authority.Standing;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;

/// When an authority may write, and when it may say that a change is durable.
final class AuthorityTest {
    private static final ClusterRules RULES = ClusterRules.CONTRACT;
    private static final LogReader READER = new LogReader(RULES);

    private ReaderPosition at = ReaderPosition.START;
    private Authority authority = Authority.start(RULES, A, at);
    private final List<Fate> fates = new ArrayList<>();

    AuthorityTest() {
        read(new Reset(A, 1, 0, 0, ReaderPosition.NO_DIGEST));
    }

    private void read(ClusterRecord record) {
        ReadResult result = READER.read(at, genuine(record));
        at = result.position();
        Authority.Step step = authority.reading(RULES, result);
        authority = step.next();
        step.fate().ifPresent(fates::add);
    }

    private Claim claim(int nonce) {
        Claim claim = authority.claim(at, nonce(nonce));
        authority = authority.claiming(claim);
        return claim;
    }

    private Envelope append() {
        Envelope envelope = authority.envelope(RULES, at, List.of(PUT));
        authority = authority.appending(envelope);
        return envelope;
    }

    @Test
    void it_writes_once_it_has_read_its_claim_back() {
        assertThat(authority.writableEpoch(RULES)).isEmpty();
        Claim claim = claim(1);
        assertThat(authority.writableEpoch(RULES)).isEmpty();
        assertThatThrownBy(this::append).isInstanceOf(IllegalStateException.class);

        read(claim);

        assertThat(authority.writableEpoch(RULES)).contains(1L);
    }

    @Test
    void a_change_is_durable_once_it_was_read_back() {
        read(claim(1));
        Envelope envelope = append();
        assertThat(authority.writableEpoch(RULES)).as("one at a time").isEmpty();
        assertThat(fates).isEmpty();

        read(envelope);

        assertThat(fates).containsExactly(Fate.DURABLE);
        assertThat(authority.writableEpoch(RULES)).contains(1L);
        assertThat(append().sequence()).isEqualTo(2);
    }

    @Test
    void a_change_behind_the_claim_of_another_never_counts() {
        read(claim(1));
        Envelope envelope = append();

        read(new Claim(B, 1, 2, nonce(2)));
        assertThat(fates).containsExactly(Fate.NEVER);
        read(envelope);

        assertThat(fates).containsExactly(Fate.NEVER);
        assertThat(at.sequence()).isZero();
        assertThat(authority.standing()).isEqualTo(new Standing.Standby());
    }

    @Test
    void a_change_before_the_claim_of_another_is_durable() {
        read(claim(1));
        Envelope envelope = append();

        read(envelope);
        read(new Claim(B, 1, 2, nonce(2)));

        assertThat(fates).containsExactly(Fate.DURABLE);
        assertThat(authority.writableEpoch(RULES)).isEmpty();
    }

    @Test
    void in_doubt_it_claims_again_and_learns_what_counted() {
        read(claim(1));
        Envelope arrived = append();
        authority = authority.doubting(RULES);
        Claim second = claim(2);
        read(arrived);
        read(second);
        assertThat(fates).containsExactly(Fate.DURABLE);

        Envelope late = append();
        authority = authority.doubting(RULES);
        assertThat(authority.writableEpoch(RULES)).isEmpty();
        Claim third = claim(3);
        read(third);
        assertThat(fates).containsExactly(Fate.DURABLE, Fate.NEVER);
        read(late);

        assertThat(fates).containsExactly(Fate.DURABLE, Fate.NEVER);
        assertThat(authority.writableEpoch(RULES)).contains(3L);
        assertThat(at.sequence()).isEqualTo(1);
    }

    @Test
    void the_first_claim_of_an_epoch_has_it() {
        Claim late = claim(1);
        read(new Claim(B, 1, 1, nonce(2)));
        read(late);

        assertThat(authority.standing()).isEqualTo(new Standing.Standby());
        assertThat(at.holder()).contains(B);
    }

    @Test
    void the_claim_of_an_earlier_process_of_its_name_is_not_its_own() {
        Claim earlier = claim(1);
        authority = Authority.start(RULES, A, at);
        Claim own = claim(2);
        assertThat(own.epoch()).isEqualTo(earlier.epoch());

        read(earlier);
        read(own);

        assertThat(authority.standing()).isEqualTo(new Standing.Standby());
    }

    @Test
    void a_restarted_process_does_not_continue_its_epoch() {
        read(claim(1));
        assertThat(at.holder()).contains(A);

        assertThat(Authority.start(RULES, A, at).writableEpoch(RULES)).isEmpty();
    }

    @Test
    void a_new_log_ends_the_epoch() {
        read(claim(1));
        append();

        read(new Reset(B, 2, 1, 0, ReaderPosition.NO_DIGEST));

        assertThat(fates).containsExactly(Fate.NEVER);
        assertThat(authority).isEqualTo(new Authority(A, new Standing.Standby(), Optional.empty()));
    }

    @Test
    void where_the_log_cannot_be_read_further_nothing_is_decided() {
        read(claim(1));
        append();

        read(new Claim(B, 1, 7, nonce(2)));

        assertThat(fates).isEmpty();
        assertThat(authority.outstanding()).isPresent();
        assertThat(authority.writableEpoch(RULES)).isEmpty();
    }
}
