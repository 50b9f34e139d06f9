package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.signer.Der.time;
import static org.precertocsp.signer.Der.tlv;
import static org.precertocsp.signer.ResponseContents.asked;

import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;

final class BouncyCastleSignerTest {
    private static final TestCa CA = TestCa.root("Signing");
    private static final KeyPair DELEGATE_KEYS = TestCa.p256();
    private static final DelegateCertificate DELEGATE =
            DelegateCertificates.of(CA, DELEGATE_KEYS).certificate();

    private final ResponseSigner delegated =
            signer(IssuerProfile.TLS, Optional.of(DELEGATE), DELEGATE_KEYS);
    private final ResponseSigner direct = signer(IssuerProfile.TLS, Optional.empty(), CA.keys());

    private static ResponseSigner signer(
            IssuerProfile profile, Optional<DelegateCertificate> delegate, KeyPair keys) {
        return new BouncyCastleSigner(
                new ResponderCredential(
                        List.of(CA.certificate()), delegate, TestKey.of(keys), profile));
    }

    @Test
    @Requirement("RP-22")
    void a_good_answer_of_the_ca_itself_is_exactly_these_bytes() throws Exception {
        ByteString response = direct.sign(ResponseContents.good(CA)).der();

        String keyHash = CA.certificate().key().keyHash(HashAlgorithm.SHA1).toHex();
        String single =
                tlv(
                        "30",
                        certId("300906052b0e03021a0500", HashAlgorithm.SHA1),
                        "8000",
                        time("20260601120000"),
                        tlv("a0", time("20260603120000")));
        String data =
                tlv("30", tlv("a2", tlv("04", keyHash)), time("20260601120000"), tlv("30", single));
        assertThat(response.toHex()).isEqualTo(whole(data, signatureOf(response), ""));
    }

    @Test
    @Requirement("RP-22")
    void a_revoked_answer_with_everything_in_it_is_exactly_these_bytes() throws Exception {
        ResponseContent content =
                ResponseContents.kept(
                        ResponseContents.nonced(
                                ResponseContents.of(
                                        asked(CA, HashAlgorithm.SHA256, DigestParameters.ABSENT),
                                        ResponseContents.revoked(RevocationReason.KEY_COMPROMISE))),
                        Duration.ofDays(10));

        ByteString response = delegated.sign(content).der();

        String archiveCutoff = tlv("06", "2b0601050507300106");
        String nonce = tlv("06", "2b0601050507300102");
        String single =
                tlv(
                        "30",
                        certId("300b0609608648016503040201", HashAlgorithm.SHA256),
                        tlv("a1", time("20260501080910"), tlv("a0", "0a0101")),
                        time("20260601120000"),
                        tlv("a0", time("20260603120000")),
                        tlv(
                                "a1",
                                tlv(
                                        "30",
                                        tlv(
                                                "30",
                                                archiveCutoff,
                                                tlv("04", time("20260522120000"))))));
        String data =
                tlv(
                        "30",
                        tlv("a2", tlv("04", sha1OfKeyBits(DELEGATE))),
                        time("20260601120000"),
                        tlv("30", single),
                        tlv(
                                "a1",
                                tlv(
                                        "30",
                                        tlv(
                                                "30",
                                                nonce,
                                                tlv(
                                                        "04",
                                                        tlv(
                                                                "04",
                                                                ResponseContents.NONCE
                                                                        .toHex()))))));
        String certificates = tlv("a0", tlv("30", DELEGATE.der().toHex()));
        assertThat(response.toHex()).isEqualTo(whole(data, signatureOf(response), certificates));
    }

    @Test
    @Requirement({"RP-06", "RP-08"})
    void responder_id_is_sha1_of_the_key_even_where_the_ski_is_another() throws Exception {
        DelegateCertificate odd =
                DelegateCertificates.of(CA, DELEGATE_KEYS)
                        .having(
                                builder -> {
                                    builder.addExtension(
                                            Extension.subjectKeyIdentifier,
                                            false,
                                            new SubjectKeyIdentifier(new byte[] {1, 2, 3}));
                                    TestCa.delegateUsage().apply(builder);
                                })
                        .certificate();

        BasicOCSPResp response =
                parse(
                        signer(IssuerProfile.TLS, Optional.of(odd), DELEGATE_KEYS)
                                .sign(ResponseContents.good(CA)));

        assertThat(ByteString.of(response.getResponderId().toASN1Primitive().getEncoded()).toHex())
                .isEqualTo(tlv("a2", tlv("04", sha1OfKeyBits(odd))));
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"CI-03", "CI-06", "CI-07"})
    void the_certid_comes_back_byte_for_byte(HashAlgorithm hash) throws Exception {
        for (DigestParameters parameters : DigestParameters.values()) {
            CertId id = asked(CA, hash, parameters);
            SingleResp single =
                    parse(delegated.sign(ResponseContents.of(id, new CertStatus.Good())))
                            .getResponses()[0];

            String oid = Der.tlv("06", oidHex(hash));
            String algorithm = tlv("30", oid, parameters == DigestParameters.NULL ? "0500" : "");
            assertThat(ByteString.of(single.getCertID().toASN1Primitive().getEncoded()).toHex())
                    .isEqualTo(certId(algorithm, hash));
        }
    }

    @Test
    @Requirement("RP-04")
    void several_certids_are_answered_in_the_order_asked() throws Exception {
        List<SingleResponseContent> answers = new ArrayList<>();
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            answers.add(
                    new SingleResponseContent(
                            asked(CA, hash, DigestParameters.NULL), new CertStatus.Good()));
        }
        answers.add(new SingleResponseContent(asked(CA), new CertStatus.Unknown()));

        SingleResp[] singles = parse(delegated.sign(ResponseContents.of(answers))).getResponses();

        assertThat(singles)
                .extracting(single -> single.getCertID().getHashAlgOID().getId())
                .containsExactly(
                        HashAlgorithm.SHA1.oid(),
                        HashAlgorithm.SHA256.oid(),
                        HashAlgorithm.SHA384.oid(),
                        HashAlgorithm.SHA512.oid(),
                        HashAlgorithm.SHA1.oid());
        assertThat(singles[4].getCertStatus().toString()).contains("Unknown");
    }

    @ParameterizedTest
    @CsvSource({
        "UNSPECIFIED, tls",
        "REMOVE_FROM_CRL, private",
        "CERTIFICATE_HOLD, tls",
        "AA_COMPROMISE, smime"
    })
    @Requirement({"SA-04", "SA-10"})
    void a_reason_that_may_not_be_shown_is_left_out_and_revoked_stays(
            RevocationReason reason, String profile) throws Exception {
        ResponseSigner signer =
                signer(
                        IssuerProfile.named(profile).orElseThrow(),
                        Optional.of(DELEGATE),
                        DELEGATE_KEYS);

        SingleResp single =
                parse(signer.sign(ResponseContents.of(asked(CA), ResponseContents.revoked(reason))))
                        .getResponses()[0];

        assertThat(single.getCertStatus()).isInstanceOf(RevokedStatus.class);
        assertThat(((RevokedStatus) single.getCertStatus()).hasRevocationReason()).isFalse();
    }

    @Test
    @Requirement("RP-15")
    void an_unknown_answer_has_no_archive_cutoff() throws Exception {
        ResponseContent content =
                ResponseContents.kept(
                        ResponseContents.of(asked(CA), new CertStatus.Unknown()),
                        Duration.ofDays(3653));

        SingleResp single = parse(delegated.sign(content)).getResponses()[0];

        assertThat(single.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_archive_cutoff)).isNull();
    }

    @Test
    @Requirement("RP-22")
    void every_response_is_strict_der() throws Exception {
        for (ResponseSigner signer : List.of(direct, delegated)) {
            for (CertStatus status :
                    List.of(
                            new CertStatus.Good(),
                            new CertStatus.Unknown(),
                            ResponseContents.revoked(RevocationReason.SUPERSEDED))) {
                ResponseContent content =
                        ResponseContents.nonced(
                                ResponseContents.kept(
                                        ResponseContents.of(asked(CA), status),
                                        Duration.ofDays(9)));
                byte[] response = signer.sign(content).der().toArray();

                assertStrict(response);
                assertStrict(parse(response).getEncoded());
            }
        }
    }

    @Test
    @Requirement("RP-06")
    void bouncy_castle_verifies_with_the_certificate_sent() throws Exception {
        BasicOCSPResp response = parse(delegated.sign(ResponseContents.good(CA)));

        assertThat(response.getCerts()).containsExactly(DELEGATE.holder());
        assertThat(
                        response.isSignatureValid(
                                new JcaContentVerifierProviderBuilder()
                                        .setProvider(IssuerCertificate.PROVIDER)
                                        .build(response.getCerts()[0])))
                .isTrue();
    }

    @Test
    void the_answer_to_one_certid_tells_how_to_put_it_together_again() throws Exception {
        for (ResponseSigner signer : List.of(direct, delegated)) {
            ResponseContent content = ResponseContents.good(CA);

            SignedResponse response = signer.sign(content);

            SignedResponse.Essence essence = response.essence().orElseThrow();
            assertThat(
                            ResponseTemplate.decode(essence.template().encoded())
                                    .assemble(
                                            content.answers().getFirst(),
                                            response.window(),
                                            essence.signature())
                                    .der())
                    .isEqualTo(response.der());
        }
    }

    @Test
    void what_no_template_makes_is_not_kept() throws Exception {
        SingleResponseContent answer = ResponseContents.good(CA).answers().getFirst();

        assertThat(direct.sign(ResponseContents.nonced(ResponseContents.good(CA))).essence())
                .isEmpty();
        assertThat(
                        direct.sign(
                                        ResponseContents.kept(
                                                ResponseContents.good(CA), Duration.ofDays(9)))
                                .essence())
                .isEmpty();
        assertThat(direct.sign(ResponseContents.of(List.of(answer, answer))).essence()).isEmpty();
    }

    static BasicOCSPResp parse(SignedResponse response) throws Exception {
        return (BasicOCSPResp) new OCSPResp(response.der().toArray()).getResponseObject();
    }

    private static BasicOCSPResp parse(byte[] response) throws Exception {
        return (BasicOCSPResp) new OCSPResp(response).getResponseObject();
    }

    private static void assertStrict(byte[] der) throws Exception {
        assertThat(ASN1Primitive.fromByteArray(der).getEncoded(ASN1Encoding.DER)).isEqualTo(der);
    }

    private static String signatureOf(ByteString response) throws Exception {
        return ByteString.of(parse(response.toArray()).getSignature()).toHex();
    }

    private static String sha1OfKeyBits(DelegateCertificate certificate) {
        byte[] bits = certificate.holder().getSubjectPublicKeyInfo().getPublicKeyData().getOctets();
        return HashAlgorithm.SHA1.hash(ByteString.of(bits)).toHex();
    }

    private static String certId(String algorithm, HashAlgorithm hash) {
        return tlv(
                "30",
                algorithm,
                tlv("04", CA.certificate().key().nameHash(hash).toHex()),
                tlv("04", CA.certificate().key().keyHash(hash).toHex()),
                tlv("02", "00a1b2c3d4"));
    }

    private static String oidHex(HashAlgorithm hash) {
        return switch (hash) {
            case SHA1 -> "2b0e03021a";
            case SHA256 -> "608648016503040201";
            case SHA384 -> "608648016503040202";
            case SHA512 -> "608648016503040203";
        };
    }

    private static String whole(String data, String signature, String certificates) {
        String ecdsaSha256 = "300a06082a8648ce3d040302";
        String basic = tlv("30", data, ecdsaSha256, tlv("03", "00", signature), certificates);
        String bytes = tlv("30", tlv("06", "2b0601050507300101"), tlv("04", basic));
        return tlv("30", "0a0100", tlv("a0", bytes));
    }
}
