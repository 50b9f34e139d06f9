package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.status.Facts.ISSUER;
import static org.precertocsp.responder.status.Facts.KEY;
import static org.precertocsp.responder.status.Facts.announced;
import static org.precertocsp.responder.status.Facts.issuer;
import static org.precertocsp.responder.status.Facts.key;
import static org.precertocsp.responder.status.Facts.precertificate;
import static org.precertocsp.responder.status.Facts.revoked;

import java.nio.file.Path;
import java.time.Duration;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.request.PlainQuery;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.rocksdb.RocksStores;

/// Over the store on disk, which alone can tell an unassigned serial from memory.
final class ReadyAnswersTest {
    private static final Octets UNAUTHORIZED = Octets.of((byte) 6);
    private static final CertId ASKED = certId(ISSUER, KEY.serial());

    @TempDir private Path directory = Path.of("");
    private LayeredChain chain;
    private ReadyAnswers<Octets> ready;

    @BeforeEach
    void open() throws Exception {
        RocksStores store = RocksStores.open(new RocksConfig(directory.resolve("store"), 8 << 20));
        chain = new LayeredChain(store, 1 << 20);
        ready = new ReadyAnswers<>(chain.shared, chain.cache, UNAUTHORIZED, UnassignedWatch.NONE);
    }

    @AfterEach
    void close() {
        chain.store.close();
    }

    @Test
    void answer_is_ready_once_it_was_given() throws Exception {
        chain.apply(precertificate(KEY));
        assertThat(find(ASKED)).isNull();

        Answer.Served served = (Answer.Served) chain.ask(ASKED);

        assertThat(find(ASKED)).isSameAs(served.response().der());
    }

    @Test
    @Requirement("SA-11")
    void nothing_is_ready_after_a_revocation_until_it_was_signed() throws Exception {
        chain.apply(precertificate(KEY));
        chain.ask(ASKED);

        chain.apply(revoked(KEY, RevocationReason.KEY_COMPROMISE));

        assertThat(find(ASKED)).isNull();
    }

    @Test
    @Requirement({"SS-04", "SA-05"})
    void serial_nobody_assigned_is_unauthorized_until_it_is() throws Exception {
        chain.apply(precertificate(key(1)));
        assertThat(find(ASKED)).isEqualTo(UNAUTHORIZED);

        chain.apply(announced(KEY));
        assertThat(find(ASKED)).isNull();

        chain.apply(precertificate(KEY));
        assertThat(find(ASKED)).isNull();
    }

    @Test
    @Requirement("CI-09")
    void issuer_not_ours_is_unauthorized() throws Exception {
        chain.apply(precertificate(KEY));

        assertThat(find(certId(issuer("another"), KEY.serial()))).isEqualTo(UNAUTHORIZED);
    }

    @Test
    void nothing_is_ready_while_the_clock_cannot_be_trusted() throws Exception {
        chain.apply(precertificate(KEY));
        chain.ask(ASKED);

        chain.wall.set(LayeredChain.NOW.minus(Duration.ofHours(1)));
        chain.shared.clock().read();
        assertThat(find(ASKED)).isNull();

        chain.wall.set(LayeredChain.NOW);
        chain.shared.clock().read();
        assertThat(find(ASKED)).isNotNull();
    }

    @Test
    @Requirement("TF-04")
    void answer_due_for_renewal_is_not_ready() throws Exception {
        chain.apply(precertificate(KEY));
        Answer.Served served = (Answer.Served) chain.ask(ASKED);

        assertThat(ready.find(query(ASKED, false), served.renewal().toEpochMilli() - 1))
                .isNotNull();
        assertThat(ready.find(query(ASKED, false), served.renewal().toEpochMilli())).isNull();
    }

    @Test
    @Requirement("NO-06")
    void nonce_that_is_ignored_does_not_matter() throws Exception {
        chain.apply(precertificate(KEY));
        chain.ask(ASKED);

        assertThat(ready.find(query(ASKED, true), LayeredChain.NOW.toEpochMilli())).isNotNull();
    }

    @Test
    void nonce_that_is_repeated_is_left_to_the_chain() throws Exception {
        AnswerConfig echo =
                new AnswerConfig(
                        AnswerConfig.Nonces.ECHO,
                        AnswerConfig.Unassigned.UNAUTHORIZED,
                        Duration.ofSeconds(5),
                        1 << 20);
        Shared shared =
                new Shared(
                        chain.shared.issuers(),
                        chain.store,
                        chain.store.epochs(),
                        echo,
                        chain.shared.clock());
        ReadyAnswers<Octets> echoing =
                new ReadyAnswers<>(shared, chain.cache, UNAUTHORIZED, UnassignedWatch.NONE);
        chain.apply(precertificate(KEY));
        chain.ask(ASKED);

        assertThat(echoing.find(query(ASKED, true), LayeredChain.NOW.toEpochMilli())).isNull();
        assertThat(echoing.find(query(ASKED, false), LayeredChain.NOW.toEpochMilli())).isNotNull();
    }

    private @Nullable Octets find(CertId certId) throws Exception {
        return ready.find(query(certId, false), LayeredChain.NOW.toEpochMilli());
    }

    private static CertId certId(IssuerKey issuer, Serial serial) {
        return issuer.certId(HashAlgorithm.SHA1, DigestParameters.NULL, serial);
    }

    private static PlainQuery query(CertId certId, boolean nonce) throws Exception {
        OCSPReqBuilder builder =
                new OCSPReqBuilder()
                        .addRequest(
                                new CertificateID(
                                        org.bouncycastle.asn1.ocsp.CertID.getInstance(
                                                CertIdBytes.of(certId).toArray())));
        if (nonce) {
            builder.setRequestExtensions(
                    new Extensions(
                            new Extension(
                                    OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                                    false,
                                    new DEROctetString(new byte[16]).getEncoded())));
        }
        byte[] der = builder.build().getEncoded();
        PlainQuery query = new PlainQuery();
        assertThat(query.read(der, 0, der.length)).isTrue();
        return query;
    }
}
