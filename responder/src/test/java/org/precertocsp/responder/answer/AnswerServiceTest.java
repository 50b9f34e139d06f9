package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.status.TestChanges.ISSUER;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.certificate;
import static org.precertocsp.responder.status.TestChanges.precertificate;
import static org.precertocsp.responder.status.TestChanges.revoked;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.RevocationReason;

final class AnswerServiceTest {
    private static final CertId ASKED =
            ISSUER.certId(HashAlgorithm.SHA1, DigestParameters.NULL, KEY.serial());

    private final CachedAnswerFixture chain = new CachedAnswerFixture();

    @AfterEach
    void close() {
        chain.store.close();
    }

    @Test
    void answer_given_once_is_given_again_without_a_signature() {
        chain.apply(precertificate(KEY));

        Answer first = chain.ask(ASKED);

        assertThat(chain.ask(ASKED)).isSameAs(first).isInstanceOf(Answer.Served.class);
        assertThat(chain.signatures()).isOne();
    }

    @Test
    @Requirement("CI-07")
    void other_forms_of_the_certid_are_other_answers() {
        chain.apply(precertificate(KEY));
        List<CertId> forms = new ArrayList<>();
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            for (DigestParameters parameters : DigestParameters.values()) {
                forms.add(ISSUER.certId(hash, parameters, KEY.serial()));
            }
        }

        forms.forEach(chain::ask);
        forms.forEach(chain::ask);

        assertThat(chain.signatures()).isEqualTo(forms.size());
        assertThat(chain.asked()).containsExactlyElementsOf(forms);
    }

    @Test
    @Requirement("SA-11")
    void revocation_overtakes_the_cached_answer() {
        chain.apply(precertificate(KEY));
        chain.ask(ASKED);

        chain.apply(revoked(KEY, RevocationReason.KEY_COMPROMISE));

        assertThat(CachedAnswerFixture.statusIn(chain.ask(ASKED)))
                .isInstanceOf(CertStatus.Revoked.class);
    }

    @Test
    void fact_that_changes_no_record_overtakes_nothing() {
        chain.apply(precertificate(KEY));
        chain.ask(ASKED);

        chain.apply(precertificate(KEY));

        chain.ask(ASKED);
        assertThat(chain.signatures()).isOne();
    }

    @Test
    @Requirement({"TF-04", "TF-05", "TF-06", "TF-07", "TF-13"})
    void answer_due_for_renewal_is_not_served_from_memory() {
        chain.apply(precertificate(KEY));
        Answer.Served first = (Answer.Served) chain.ask(ASKED);

        chain.wall.set(first.renewal().minusMillis(1));
        assertThat(chain.ask(ASKED)).isSameAs(first);

        chain.wall.set(first.renewal());
        // What caches were told to keep until then (HT-11) is newer when they ask again.
        assertThat(((Answer.Served) chain.ask(ASKED)).response().window().thisUpdate())
                .isAfter(first.response().window().thisUpdate());
    }

    @Test
    void a_clock_that_stepped_back_leaves_only_what_was_signed_before_its_time() {
        chain.apply(precertificate(KEY));
        Answer first = chain.ask(ASKED);

        chain.wall.set(CachedAnswerFixture.NOW.minus(Duration.ofHours(1)));
        assertThat(chain.ask(ASKED)).isInstanceOf(Answer.Busy.class);

        chain.wall.set(CachedAnswerFixture.NOW.plus(Duration.ofHours(2)));
        assertThat(chain.ask(ASKED)).isSameAs(first);
        chain.wall.set(CachedAnswerFixture.NOW.plus(Duration.ofHours(1)));
        assertThat(chain.ask(ASKED)).isSameAs(first);
    }

    @Test
    @Requirement({"SS-04", "HT-14"})
    void unassigned_serial_is_looked_up_each_time_and_good_once_assigned() {
        assertThat(chain.ask(ASKED)).isInstanceOf(Answer.NotOurs.class);

        chain.apply(certificate(KEY));

        assertThat(CachedAnswerFixture.statusIn(chain.ask(ASKED)))
                .isInstanceOf(CertStatus.Good.class);
    }

    @Test
    void concurrent_misses_share_one_signature() throws Exception {
        chain.apply(precertificate(KEY));
        CountDownLatch signing = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        chain.whileSigning(
                () -> {
                    signing.countDown();
                    CachedAnswerFixture.await(release);
                });
        try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                answers.add(clients.submit(() -> chain.ask(ASKED)));
            }
            CachedAnswerFixture.await(signing);
            release.countDown();

            for (Future<Answer> answer : answers) {
                assertThat(answer.get()).isInstanceOf(Answer.Served.class);
            }
        }
        assertThat(chain.signatures()).isOne();
    }

    @Test
    void refusal_is_shared_but_not_kept() {
        chain.apply(precertificate(KEY));
        chain.refuse(true);
        assertThat(chain.ask(ASKED)).isInstanceOf(Answer.Busy.class);

        chain.refuse(false);
        assertThat(chain.ask(ASKED)).isInstanceOf(Answer.Served.class);
    }

    @Test
    void cache_of_no_bytes_signs_each_time() {
        CachedAnswerFixture uncached = new CachedAnswerFixture(0);
        uncached.apply(precertificate(KEY));

        uncached.ask(ASKED);
        uncached.ask(ASKED);

        assertThat(uncached.signatures()).isEqualTo(2);
        uncached.store.close();
    }
}
