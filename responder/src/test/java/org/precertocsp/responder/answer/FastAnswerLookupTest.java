package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.status.TestChanges.ISSUER;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.announced;
import static org.precertocsp.responder.status.TestChanges.issuer;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.precertificate;
import static org.precertocsp.responder.status.TestChanges.revoked;

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
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.OcspRequestView;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;

/// Over the store on disk, which alone can tell an unassigned serial from memory.
final class FastAnswerLookupTest {
    private static final ByteString UNAUTHORIZED = ByteString.of((byte) 6);
    private static final CertId ASKED = certId(ISSUER, KEY.serial());

    @TempDir private Path directory = Path.of("");
    private CachedAnswerFixture chain;
    private FastAnswerLookup<ByteString> ready;

    @BeforeEach
    void open() throws Exception {
        RocksStore store = RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
        chain = new CachedAnswerFixture(store, 1 << 20);
        ready =
                new FastAnswerLookup<>(
                        chain.shared, chain.cache, UNAUTHORIZED, UnassignedSerialListener.NONE);
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

        chain.wall.set(CachedAnswerFixture.NOW.minus(Duration.ofHours(1)));
        chain.shared.clock().read();
        assertThat(find(ASKED)).isNull();

        chain.wall.set(CachedAnswerFixture.NOW);
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

        assertThat(ready.find(query(ASKED, true), CachedAnswerFixture.NOW.toEpochMilli()))
                .isNotNull();
    }

    @Test
    void nonce_that_is_repeated_is_left_to_the_chain() throws Exception {
        AnswerConfig echo =
                new AnswerConfig(
                        AnswerConfig.Nonces.ECHO,
                        AnswerConfig.Unassigned.UNAUTHORIZED,
                        Duration.ofSeconds(5),
                        1 << 20);
        AnswerContext shared =
                new AnswerContext(
                        chain.shared.issuers(),
                        chain.store,
                        chain.store.epochs(),
                        echo,
                        chain.shared.clock());
        FastAnswerLookup<ByteString> echoing =
                new FastAnswerLookup<>(
                        shared, chain.cache, UNAUTHORIZED, UnassignedSerialListener.NONE);
        chain.apply(precertificate(KEY));
        chain.ask(ASKED);

        assertThat(echoing.find(query(ASKED, true), CachedAnswerFixture.NOW.toEpochMilli()))
                .isNull();
        assertThat(echoing.find(query(ASKED, false), CachedAnswerFixture.NOW.toEpochMilli()))
                .isNotNull();
    }

    private @Nullable ByteString find(CertId certId) throws Exception {
        return ready.find(query(certId, false), CachedAnswerFixture.NOW.toEpochMilli());
    }

    private static CertId certId(IssuerKey issuer, Serial serial) {
        return issuer.certId(HashAlgorithm.SHA1, DigestParameters.NULL, serial);
    }

    private static OcspRequestView query(CertId certId, boolean nonce) throws Exception {
        OCSPReqBuilder builder =
                new OCSPReqBuilder()
                        .addRequest(
                                new CertificateID(
                                        org.bouncycastle.asn1.ocsp.CertID.getInstance(
                                                CertIdKey.of(certId).toArray())));
        if (nonce) {
            builder.setRequestExtensions(
                    new Extensions(
                            new Extension(
                                    OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                                    false,
                                    new DEROctetString(new byte[16]).getEncoded())));
        }
        byte[] der = builder.build().getEncoded();
        OcspRequestView query = new OcspRequestDecoder(new RequestLimits(1)).newView();
        assertThat(query.read(der, 0, der.length)).isTrue();
        return query;
    }
}
