package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.signer.ResponseContents.asked;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;

/// Signed responses read field by field, each rule of the response profile by itself: every status,
/// signed by the CA and by a delegate, plain and with all that may be added.
final class ResponseProfileTest {
    private static final TestCa CA = TestCa.root("Profile");
    private static final KeyPair DELEGATE_KEYS = TestCa.p256();
    private static final DelegateCertificate DELEGATE =
            DelegateCertificates.of(CA, DELEGATE_KEYS).certificate();
    private static final Duration RETENTION = Duration.ofDays(10);

    /// @param signer the certificate of the key that signed
    record Signed(ResponseContent content, X509CertificateHolder signer, OCSPResponse response) {
        boolean delegated() {
            return signer.equals(DELEGATE.holder());
        }

        BasicOCSPResponse basic() {
            return BasicOCSPResponse.getInstance(elements());
        }

        /// The parts of the BasicOCSPResponse as they are in the bytes.
        ASN1Sequence elements() {
            return ASN1Sequence.getInstance(response.getResponseBytes().getResponse().getOctets());
        }

        ResponseData data() {
            return basic().getTbsResponseData();
        }

        List<SingleResponse> singles() {
            return Arrays.stream(data().getResponses().toArray())
                    .map(SingleResponse::getInstance)
                    .toList();
        }

        SingleResponse single() {
            assertThat(singles()).hasSize(1);
            return singles().getFirst();
        }

        @Override
        public String toString() {
            return "%s of %s%s%s"
                    .formatted(
                            content.answers().getFirst().status(),
                            delegated() ? "a delegate" : "the CA",
                            content.nonce().isPresent() ? ", nonce" : "",
                            content.retention().isPresent() ? ", archiveCutoff" : "");
        }
    }

    private static Signed signed(boolean delegated, ResponseContent content) throws Exception {
        ResponderCredential credential =
                new ResponderCredential(
                        List.of(CA.certificate()),
                        delegated ? Optional.of(DELEGATE) : Optional.empty(),
                        TestKey.of(delegated ? DELEGATE_KEYS : CA.keys()),
                        IssuerProfile.TLS);
        byte[] der = new BouncyCastleSigner(credential).sign(content).der().toArray();
        return new Signed(
                content,
                delegated ? DELEGATE.holder() : CA.holder(),
                OCSPResponse.getInstance(ASN1Primitive.fromByteArray(der)));
    }

    private static CertStatus status(Signed signed) {
        return signed.content().answers().getFirst().status();
    }

    /// Nothing is kept of a serial nobody knows.
    private static boolean hasCutoff(Signed signed) {
        return signed.content().retention().isPresent()
                && !(status(signed) instanceof CertStatus.Unknown);
    }

    private static Stream<Signed> responses() throws Exception {
        List<Signed> all = new ArrayList<>();
        for (boolean delegated : new boolean[] {false, true}) {
            for (CertStatus status :
                    List.of(
                            new CertStatus.Good(),
                            new CertStatus.Unknown(),
                            ResponseContents.revoked(RevocationReason.UNSPECIFIED),
                            ResponseContents.revoked(RevocationReason.KEY_COMPROMISE))) {
                ResponseContent plain = ResponseContents.of(asked(CA), status);
                all.add(signed(delegated, plain));
                all.add(signed(delegated, ResponseContents.nonced(plain)));
                all.add(signed(delegated, ResponseContents.kept(plain, RETENTION)));
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("responses")
    @Requirement("RP-01")
    void bouncy_castle_reads_it_and_verifies_its_signature(Signed signed) throws Exception {
        assertThat(
                        new BasicOCSPResp(signed.basic())
                                .isSignatureValid(
                                        new JcaContentVerifierProviderBuilder()
                                                .setProvider(IssuerCertificate.PROVIDER)
                                                .build(signed.signer())))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("responses")
    @Requirement("RP-02")
    void it_is_a_basic_response_whose_default_version_is_not_encoded(Signed signed) {
        assertThat(signed.response().getResponseBytes().getResponseType())
                .isEqualTo(OCSPObjectIdentifiers.id_pkix_ocsp_basic);
        ASN1Encodable first =
                ASN1Sequence.getInstance(signed.elements().getObjectAt(0)).getObjectAt(0);
        assertThat(ASN1TaggedObject.getInstance(first).getTagNo())
                .as("a responderID, not the version [0]")
                .isBetween(1, 2);
    }

    @Test
    @Requirement("RP-04")
    void each_certid_asked_gets_one_single_response_and_no_other_is_added() throws Exception {
        List<SingleResponseContent> answers = new ArrayList<>();
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            answers.add(
                    new SingleResponseContent(
                            asked(CA, hash, DigestParameters.NULL), new CertStatus.Good()));
        }
        for (int count = 1; count <= answers.size(); count++) {
            assertThat(signed(true, ResponseContents.of(answers.subList(0, count))).singles())
                    .extracting(it -> it.getCertID().getHashAlgorithm().getAlgorithm().getId())
                    .containsExactlyElementsOf(
                            answers.subList(0, count).stream()
                                    .map(it -> it.certId().hashAlgorithm().oid())
                                    .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    @Requirement({"RP-07", "RP-08"})
    void responder_is_named_by_the_sha1_of_its_key_bits(Signed signed) throws Exception {
        ASN1TaggedObject id =
                ASN1TaggedObject.getInstance(signed.data().getResponderID().toASN1Primitive());

        assertThat(id.getTagNo()).as("byKey").isEqualTo(2);
        byte[] bits = signed.signer().getSubjectPublicKeyInfo().getPublicKeyData().getOctets();
        assertThat(ASN1OctetString.getInstance(id, true).getOctets())
                .isEqualTo(MessageDigest.getInstance("SHA-1").digest(bits));
    }

    @ParameterizedTest
    @MethodSource("responses")
    @Requirement({"RP-09", "RP-10"})
    void a_delegates_certificate_is_sent_and_without_a_delegate_no_field_for_any(Signed signed)
            throws Exception {
        ASN1Sequence certificates = signed.basic().getCerts();

        if (signed.delegated()) {
            assertThat(certificates.size()).isEqualTo(1);
            assertThat(certificates.getObjectAt(0).toASN1Primitive().getEncoded())
                    .isEqualTo(DELEGATE.der().toArray());
        } else {
            assertThat(signed.elements().size())
                    .as("tbsResponseData, signatureAlgorithm and signature alone")
                    .isEqualTo(3);
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    @Requirement("RP-11")
    void next_update_is_there_and_after_this_update(Signed signed) throws Exception {
        assertThat(signed.single().getNextUpdate()).isNotNull();
        assertThat(signed.single().getNextUpdate().getDate())
                .isAfter(signed.single().getThisUpdate().getDate());
    }

    @ParameterizedTest
    @MethodSource("responses")
    @Requirement("RP-12")
    void every_time_has_seconds_no_fraction_and_is_utc(Signed signed) throws Exception {
        List<String> times = new ArrayList<>();
        collectTimes(signed.data().toASN1Primitive(), times);

        int revocation = status(signed) instanceof CertStatus.Revoked ? 1 : 0;
        int cutoff = hasCutoff(signed) ? 1 : 0;
        assertThat(times)
                .as("producedAt, thisUpdate, nextUpdate, and what else there is")
                .hasSize(3 + revocation + cutoff)
                .allMatch(it -> it.matches("\\d{14}Z"));
    }

    /// Also that of an archiveCutoff, which stands in its extension's value.
    private static void collectTimes(ASN1Primitive element, List<String> times) throws Exception {
        switch (element) {
            case ASN1GeneralizedTime time -> {
                byte[] der = time.getEncoded();
                times.add(new String(der, 2, der.length - 2, StandardCharsets.US_ASCII));
            }
            case ASN1UTCTime time -> times.add("UTCTime " + time);
            case ASN1Sequence sequence -> {
                for (ASN1Encodable part : sequence) {
                    collectTimes(part.toASN1Primitive(), times);
                }
            }
            case ASN1TaggedObject tagged ->
                    collectTimes(tagged.getBaseObject().toASN1Primitive(), times);
            case ASN1OctetString value when value.getOctets().length == 17 ->
                    collectTimes(ASN1Primitive.fromByteArray(value.getOctets()), times);
            default -> {
                // Holds no time.
            }
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    @Requirement({"RP-13", "NO-05", "NO-08"})
    void response_extensions_are_the_nonce_asked_with_or_none(Signed signed) throws Exception {
        Extensions extensions = signed.data().getResponseExtensions();

        if (signed.content().nonce().isEmpty()) {
            assertThat(extensions).isNull();
        } else {
            assertThat(extensions.getExtensionOIDs())
                    .containsExactly(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
            byte[] value =
                    extensions
                            .getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)
                            .getExtnValue()
                            .getOctets();
            assertThat(ASN1OctetString.getInstance(value).getOctets())
                    .as("an OCTET STRING inside extnValue")
                    .isEqualTo(ResponseContents.NONCE.toArray());
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    @Requirement({"RP-14", "RP-15"})
    void the_only_single_extension_is_an_archive_cutoff_for_what_is_kept(Signed signed)
            throws Exception {
        Extensions extensions = signed.single().getSingleExtensions();

        if (!hasCutoff(signed)) {
            assertThat(extensions).isNull();
            return;
        }
        ASN1ObjectIdentifier cutoff = OCSPObjectIdentifiers.id_pkix_ocsp_archive_cutoff;
        assertThat(extensions.getExtensionOIDs())
                .doesNotContain(Extension.reasonCode)
                .containsExactly(cutoff);
        assertThat(
                        instant(
                                ASN1GeneralizedTime.getInstance(
                                        extensions.getExtensionParsedValue(cutoff))))
                .isEqualTo(instant(signed.data().getProducedAt()).minus(RETENTION));
    }

    private static Instant instant(ASN1GeneralizedTime time) throws Exception {
        return time.getDate().toInstant();
    }

    @ParameterizedTest
    @MethodSource("responses")
    @Requirement({"HT-09", "TF-12"})
    void produced_at_is_this_update_which_is_when_the_status_was_known(Signed signed)
            throws Exception {
        Instant thisUpdate = instant(signed.single().getThisUpdate());

        assertThat(thisUpdate).isEqualTo(signed.content().window().thisUpdate());
        assertThat(instant(signed.data().getProducedAt())).isEqualTo(thisUpdate);
    }

    @Test
    @Requirement("SA-10")
    void an_unspecified_reason_is_no_field_and_a_permitted_one_is_told() throws Exception {
        assertThat(revocation(RevocationReason.UNSPECIFIED).getRevocationReason()).isNull();
        assertThat(
                        revocation(RevocationReason.KEY_COMPROMISE)
                                .getRevocationReason()
                                .getValue()
                                .intValueExact())
                .isEqualTo(1);
    }

    private static RevokedInfo revocation(RevocationReason reason) throws Exception {
        Signed signed =
                signed(true, ResponseContents.of(asked(CA), ResponseContents.revoked(reason)));
        return RevokedInfo.getInstance(signed.single().getCertStatus().getStatus());
    }
}
