package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.status.TestChanges.precertificate;
import static org.precertocsp.responder.status.TestChanges.revoked;
import static org.precertocsp.responder.status.TestChanges.source;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;
import org.precertocsp.signer.key.SigningKey;

/// The store on disk under a signer with a real key, so that what is put together again can be
/// verified like any response.
final class StoredAnswersTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final TestCa CA = TestCa.root("Stored");
    private static final SerialKey KEY =
            new SerialKey(CA.certificate().key(), Serial.of(BigInteger.valueOf(0x8001)));
    private static final CertId ASKED =
            KEY.issuer().certId(HashAlgorithm.SHA1, DigestParameters.NULL, KEY.serial());

    private final AtomicReference<Instant> wall = new AtomicReference<>(NOW);
    private final AtomicInteger signatures = new AtomicInteger();
    private final List<ResponseKey> asked = new ArrayList<>();
    private RocksStore store;
    private SigningKey key;
    @TempDir private Path directory = Path.of("");

    @BeforeEach
    void open() throws Exception {
        Path pem = directory.resolve("key.pem");
        Files.writeString(pem, TestCa.pem("PRIVATE KEY", CA.keys().getPrivate().getEncoded()));
        key =
                PrivateKeys.open(
                        new KeyConfig(
                                new KeySource.Pem(pem, Optional.empty()),
                                KeyConfig.RsaPadding.PKCS1,
                                KeyConfig.RsaHash.SHA256,
                                KeyConfig.ProviderChoice.FASTEST),
                        Optional.empty());
        store = RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
    }

    @AfterEach
    void close() {
        store.close();
        key.close();
    }

    @Test
    void response_survives_a_restart_byte_for_byte() throws Exception {
        apply(precertificate(KEY));
        Answer.Served signed = ask(chain(PresignMode.ASKED));

        reopen();
        Answer.Served kept = ask(chain(PresignMode.ASKED));

        assertThat(kept.response().der()).isEqualTo(signed.response().der());
        assertThat(kept.renewal()).isEqualTo(signed.renewal());
        assertThat(signatures).hasValue(1);
        assertThat(asked).hasSize(2);
        assertThat(statusIn(kept)).isNull();
    }

    @Test
    void response_for_code_signing_is_kept_with_its_archive_cutoff() throws Exception {
        apply(precertificate(KEY));
        Answer.Served signed = ask(chain(PresignMode.ASKED, IssuerProfile.CODE_SIGNING));

        reopen();

        assertThat(ask(chain(PresignMode.ASKED, IssuerProfile.CODE_SIGNING)).response().der())
                .isEqualTo(signed.response().der());
        assertThat(signatures).hasValue(1);
    }

    @Test
    void response_signed_under_another_retention_is_still_put_together_rightly() throws Exception {
        apply(precertificate(KEY));
        Answer.Served signed = ask(chain(PresignMode.ASKED, IssuerProfile.CODE_SIGNING));

        reopen();
        Answer.Served kept = ask(chain(PresignMode.ASKED, IssuerProfile.TLS));

        assertThat(kept.response().der()).isEqualTo(signed.response().der());
        assertThat(statusIn(kept)).isNull();
    }

    @Test
    @Requirement("SA-11")
    void kept_good_is_not_served_after_a_revocation() throws Exception {
        apply(precertificate(KEY));
        ask(chain(PresignMode.ASKED));
        reopen();

        apply(revoked(KEY, RevocationReason.KEY_COMPROMISE));

        assertThat(statusIn(ask(chain(PresignMode.ASKED)))).isInstanceOf(RevokedStatus.class);
        reopen();
        assertThat(statusIn(ask(chain(PresignMode.ASKED)))).isInstanceOf(RevokedStatus.class);
        assertThat(signatures).hasValue(2);
    }

    @Test
    @Requirement({"TF-04", "TF-05"})
    void kept_response_is_not_served_once_its_renewal_is_due() throws Exception {
        apply(precertificate(KEY));
        Instant renewal = ask(chain(PresignMode.ASKED)).renewal();
        reopen();

        wall.set(renewal.minusSeconds(1));
        ask(chain(PresignMode.ASKED));
        assertThat(signatures).hasValue(1);

        wall.set(renewal);
        assertThat(ask(chain(PresignMode.ASKED)).response().producedAt()).isEqualTo(renewal);
        assertThat(signatures).hasValue(2);
    }

    @Test
    void kept_response_is_not_served_before_its_time() throws Exception {
        apply(precertificate(KEY));
        ask(chain(PresignMode.ASKED));
        reopen();

        wall.set(NOW.minusSeconds(60));

        assertThat(ask(chain(PresignMode.ASKED)).response().producedAt()).isEqualTo(wall.get());
    }

    @Test
    void issuer_that_keeps_nothing_signs_again() throws Exception {
        apply(precertificate(KEY));
        ask(chain(PresignMode.NONE));

        reopen();
        ask(chain(PresignMode.NONE));

        assertThat(signatures).hasValue(2);
    }

    @Test
    @Requirement("CI-07")
    void other_form_of_the_certid_is_signed_for_itself() throws Exception {
        apply(precertificate(KEY));
        ask(chain(PresignMode.ASKED));
        reopen();

        CertId other =
                KEY.issuer().certId(HashAlgorithm.SHA256, DigestParameters.ABSENT, KEY.serial());
        AnswerService chain = chain(PresignMode.ASKED);
        chain.answer(other, wall.get());

        assertThat(signatures).hasValue(2);
    }

    private AnswerService chain(PresignMode presign) {
        return chain(presign, IssuerProfile.TLS);
    }

    private AnswerService chain(PresignMode presign, IssuerProfile profile) {
        ResponseSigner signer =
                new BouncyCastleSigner(
                        new ResponderCredential(
                                List.of(CA.certificate()), Optional.empty(), key, profile));
        ServedIssuer issuer =
                new ServedIssuer(
                        KEY.issuer(),
                        profile,
                        Duration.ofDays(2),
                        content -> {
                            signatures.incrementAndGet();
                            return signer.sign(content);
                        },
                        presign);
        AnswerConfig config =
                new AnswerConfig(
                        AnswerConfig.Nonces.IGNORE,
                        AnswerConfig.Unassigned.UNAUTHORIZED,
                        Duration.ofSeconds(5),
                        0);
        AnswerContext shared =
                new AnswerContext(
                        new IssuerDirectory(List.of(issuer)),
                        store,
                        store.epochs(),
                        config,
                        new MonotonicClock(wall::get));
        return new AnswerService(
                shared,
                new AnswerCache<>(0, served -> served, _ -> 0),
                store.responses(),
                Duration.ofSeconds(10),
                new AnswerEvents(_ -> {}, asked::add, UnassignedSerialListener.NONE));
    }

    private Answer.Served ask(AnswerService chain) {
        return (Answer.Served) chain.answer(ASKED, wall.get());
    }

    private void apply(StatusChange change) {
        try (ChangeSet changes = store.begin(source("feed"))) {
            changes.apply(change);
            changes.commit();
        }
    }

    /// Closing writes what was kept behind the caller's back.
    private void reopen() throws Exception {
        store.close();
        store = RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
    }

    /// Verifies the signature on the way; null means good.
    private static CertificateStatus statusIn(Answer.Served answer) throws Exception {
        BasicOCSPResp basic = basic(answer);
        assertThat(
                        basic.isSignatureValid(
                                new JcaContentVerifierProviderBuilder()
                                        .build(CA.keys().getPublic())))
                .isTrue();
        return basic.getResponses()[0].getCertStatus();
    }

    private static BasicOCSPResp basic(Answer.Served answer) throws IOException {
        try {
            return (BasicOCSPResp)
                    new OCSPResp(answer.response().der().toArray()).getResponseObject();
        } catch (org.bouncycastle.cert.ocsp.OCSPException e) {
            throw new IOException(e);
        }
    }
}
