package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.answer.AnswerChainFixture.FOREIGN;
import static org.precertocsp.responder.answer.AnswerChainFixture.ISSUER;
import static org.precertocsp.responder.answer.AnswerChainFixture.NOW;
import static org.precertocsp.responder.answer.AnswerChainFixture.SERIAL;
import static org.precertocsp.responder.answer.AnswerChainFixture.STRANGER;
import static org.precertocsp.responder.answer.AnswerChainFixture.certId;
import static org.precertocsp.responder.answer.AnswerChainFixture.good;
import static org.precertocsp.responder.answer.AnswerChainFixture.revoked;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;

/// What a node answers while it does not know whether its statuses are current.
final class LeasedAnswersTest {
    private static final SerialKey KEY = new SerialKey(ISSUER, SERIAL);
    private static final CertId ASKED = certId(ISSUER, SERIAL);
    private static final Revocation REVOCATION =
            new Revocation(NOW.minusSeconds(60), RevocationReason.SUPERSEDED, Optional.empty());

    private final AnswerChainFixture chain = new AnswerChainFixture();
    private boolean valid;
    private int looks;
    private final ResponseSource source =
            chain.leased(
                    new AnswerLease() {
                        @Override
                        public boolean isValid() {
                            looks++;
                            return valid;
                        }

                        @Override
                        public boolean isNeeded(Optional<StatusRecord> status) {
                            return !(status.orElse(null) instanceof StatusRecord.Assigned assigned
                                    && assigned.revocation().isPresent());
                        }
                    });

    private Answer ask(CertId... certIds) {
        return source.answer(chain.resolve(certIds));
    }

    @Test
    void with_a_lease_it_answers_as_any_other() {
        valid = true;
        chain.records.put(KEY, good());

        assertThat(ask(ASKED)).isInstanceOf(Answer.Served.class);
        assertThat(ask(certId(ISSUER, STRANGER))).isInstanceOf(Answer.NotOurs.class);
        assertThat(looks).isEqualTo(2);
    }

    @Test
    void without_a_lease_good_is_try_later() {
        chain.records.put(KEY, good());

        assertThat(ask(ASKED)).isInstanceOf(Answer.Busy.class);
        assertThat(chain.signed).isEmpty();
    }

    @Test
    void without_a_lease_an_unassigned_serial_is_try_later() {
        assertThat(ask(ASKED)).isInstanceOf(Answer.Busy.class);
    }

    @Test
    void without_a_lease_revoked_is_served() {
        chain.records.put(KEY, revoked(REVOCATION));

        assertThat(ask(ASKED)).isInstanceOf(Answer.Served.class);
        assertThat(chain.signed.getFirst().answers().getFirst().status())
                .isInstanceOf(CertStatus.Revoked.class);
    }

    @Test
    void one_serial_that_needs_the_lease_is_enough() {
        chain.records.put(KEY, revoked(REVOCATION));

        assertThat(ask(ASKED, certId(ISSUER, STRANGER))).isInstanceOf(Answer.Busy.class);
    }

    @Test
    void issuers_that_are_not_served_need_no_lease() {
        assertThat(ask(certId(FOREIGN, SERIAL))).isInstanceOf(Answer.NotOurs.class);
    }

    @Test
    void a_failing_store_is_a_failure_and_no_status() {
        chain.storeFails = true;

        assertThat(ask(ASKED)).isInstanceOf(Answer.Failed.class);
    }

    @Test
    void a_revocation_that_is_lifted_meanwhile_is_not_answered_as_good() {
        chain.records.put(KEY, revoked(REVOCATION));
        chain.whileSigning =
                () -> {
                    chain.whileSigning = () -> {};
                    chain.records.put(KEY, good());
                    chain.epochs.advance(KEY);
                };

        assertThat(ask(ASKED)).isInstanceOf(Answer.Busy.class);
    }

    @Test
    void nothing_is_read_ahead_without_a_lease() {
        chain.records.put(KEY, good());
        ResolvedRequest request = chain.resolve(ASKED);

        source.readAhead(List.of(request));
        assertThat(request.takeReadAhead()).isNull();

        valid = true;
        source.readAhead(List.of(request));
        assertThat(request.takeReadAhead()).isNotNull();
    }
}
