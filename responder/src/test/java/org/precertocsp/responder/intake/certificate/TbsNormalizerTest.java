package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.intake.certificate.FeedRun.der;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;

/// Precertificate and certificate of one commitment have one content, and only those.
final class TbsNormalizerTest {
    private static final BigInteger SERIAL = BigInteger.valueOf(0x4711);
    private static final KeyPair LEAF = TestCa.p256();
    private static final TestCa CA = TestCa.root("Committed CA");
    private static final TestCa PSC = CA.precertificateSigner("Committed Signer");
    private static final byte[] POISON =
            ByteString.ofHex("3013060a2b06010401d6790204030101ff04020500").toArray();
    private static final byte[] SCTS =
            ByteString.ofHex("3014060a2b06010401d679020402040604040002abcd").toArray();

    @Test
    @Requirement({"SS-11", "SS-13"})
    void a_pair_has_the_same_content() throws MalformedDerException {
        assertThat(content(CA.precertificate(SERIAL, LEAF)))
                .isEqualTo(content(Pairs.finalCertificate(CA, SERIAL, LEAF)));
    }

    @Test
    @Requirement("SS-13")
    void nothing_is_rewritten_where_nothing_is_removed() throws MalformedDerException {
        RawCertificate certificate = raw(CA.issue(SERIAL));

        assertThat(TbsNormalizer.tbs(certificate, Optional.empty())).isEqualTo(certificate.tbs());
    }

    @Test
    @Requirement({"SS-11", "SS-12", "SS-13"})
    void another_key_serial_or_extension_is_another_content() throws MalformedDerException {
        ByteString content = content(CA.precertificate(SERIAL, LEAF));
        X509CertificateHolder extended =
                CA.issue(
                        SERIAL,
                        LEAF,
                        builder ->
                                builder.addExtension(
                                        Extension.subjectAlternativeName,
                                        false,
                                        new DERUTF8String("other")));

        assertThat(content(CA.precertificate(SERIAL, TestCa.p256()))).isNotEqualTo(content);
        assertThat(content(CA.precertificate(BigInteger.TWO, LEAF))).isNotEqualTo(content);
        assertThat(content(extended)).isNotEqualTo(content);
    }

    @Test
    @Requirement("SS-13")
    void a_pair_without_other_extensions_loses_the_field_on_both_sides()
            throws MalformedDerException {
        X509CertificateHolder plain =
                Pairs.signed(TestCa.name("Plain"), SERIAL, LEAF, "SHA256withECDSA", CA.keys());
        ByteString tbs = raw(plain).tbs();

        assertThat(TbsNormalizer.tbs(withExtensions(tbs, List.of(POISON)), Optional.empty()))
                .isEqualTo(tbs);
        assertThat(TbsNormalizer.tbs(withExtensions(tbs, List.of(SCTS)), Optional.empty()))
                .isEqualTo(tbs);
    }

    @Test
    @Requirement({"SS-13", "CT-04"})
    void a_signers_precertificate_takes_its_cas_name_and_key_identifier()
            throws MalformedDerException {
        Optional<PrecertificateSigningCertificate> signer = Optional.of(signer());

        ByteString before = TbsNormalizer.tbs(raw(PSC.precertificate(SERIAL, LEAF)), signer);

        assertThat(before)
                .isEqualTo(
                        TbsNormalizer.tbs(
                                raw(Pairs.finalCertificate(CA, SERIAL, LEAF)), Optional.empty()));
    }

    @Test
    @Requirement("CT-04")
    void a_signer_without_key_identifier_takes_the_precertificates_away()
            throws MalformedDerException {
        PrecertificateSigningCertificate bare =
                new PrecertificateSigningCertificate(
                        PSC.certificate(), signer().finalIssuer(), Optional.empty());
        RawCertificate precertificate = raw(PSC.precertificate(SERIAL, LEAF));

        ByteString tbs = TbsNormalizer.tbs(precertificate, Optional.of(bare));

        assertThat(tbs.toHex()).doesNotContain("0603551d23").contains("0603551d0e");
    }

    @Test
    @Requirement("CT-04")
    void a_precertificate_without_key_identifier_gets_its_signers_at_the_end()
            throws MalformedDerException {
        X509CertificateHolder plain =
                Pairs.signed(TestCa.name("Plain"), SERIAL, LEAF, "SHA256withECDSA", CA.keys());
        RawCertificate precertificate = withExtensions(raw(plain).tbs(), List.of(POISON));

        ByteString tbs = TbsNormalizer.tbs(precertificate, Optional.of(signer()));

        ByteString value = signer().authorityKey().orElseThrow();
        assertThat(tbs.toHex()).endsWith("0603551d23" + value.toHex());
    }

    @Test
    @Requirement("CT-01")
    void a_doubled_poison_commits_to_the_same_certificate() throws MalformedDerException {
        ByteString tbs = raw(CA.issue(SERIAL)).tbs();
        RawCertificate once = withExtensions(tbs, List.of(POISON));
        RawCertificate twice = withExtensions(tbs, List.of(POISON, POISON));

        assertThat(PoisonExtension.of(twice))
                .isEqualTo(
                        new PoisonExtension(
                                true, Optional.of("its poison is there 2 times (RFC 5280 §4.2)")));
        assertThat(TbsNormalizer.tbs(twice, Optional.empty()))
                .isEqualTo(TbsNormalizer.tbs(once, Optional.empty()));
    }

    /// Wherever among whatever extensions poison and SCT list stand, both sides come to the bytes
    /// of the list without them.
    @Property(tries = 200)
    @Requirement("SS-13")
    void removal_leaves_all_other_octets_as_they_were(
            @ForAll("extensions") List<byte[]> others,
            @ForAll @IntRange(max = 40) int poisonAt,
            @ForAll @IntRange(max = 40) int sctsAt)
            throws MalformedDerException {
        ByteString tbs = raw(CA.issue(SERIAL)).tbs();
        RawCertificate without = withExtensions(tbs, others);

        for (RawCertificate side :
                List.of(
                        withExtensions(tbs, inserted(others, poisonAt, POISON)),
                        withExtensions(tbs, inserted(others, sctsAt, SCTS)))) {
            assertThat(TbsNormalizer.tbs(side, Optional.empty()))
                    .isEqualTo(TbsNormalizer.tbs(without, Optional.empty()));
        }
        if (!others.isEmpty()) {
            assertThat(TbsNormalizer.tbs(without, Optional.empty())).isEqualTo(without.tbs());
        }
    }

    /// Up to six extensions of lengths around every change of length encoding.
    @Provide
    Arbitrary<List<byte[]>> extensions() {
        Arbitrary<Integer> name = Arbitraries.integers().between(0, 127);
        Arbitrary<Integer> length =
                Arbitraries.oneOf(
                        Arbitraries.integers().between(0, 300),
                        Arbitraries.of(126, 127, 128, 254, 255, 256, 65_530, 65_536));
        return Combinators.combine(name, length)
                .as((number, octets) -> extension((byte) (int) number, octets))
                .list()
                .ofMaxSize(6);
    }

    private static byte[] extension(byte name, int length) {
        byte[] oid = {0x06, 0x03, 0x2a, 0x03, name};
        byte[] value = DerWriter.encode(DerTag.OCTET_STRING, new byte[length]);
        return DerWriter.encode(DerTag.SEQUENCE, CertificateFileFormatTest.join(oid, value));
    }

    private static List<byte[]> inserted(List<byte[]> others, int at, byte[] extension) {
        List<byte[]> all = new ArrayList<>(others);
        all.add(Math.min(at, others.size()), extension);
        return all;
    }

    /// The certificate with exactly these extensions; its signature is of no matter here.
    private static RawCertificate withExtensions(ByteString tbs, List<byte[]> extensions)
            throws MalformedDerException {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        for (DerElement field : DerElement.of(tbs).children()) {
            if (!field.is(0xa3)) {
                field.writeTo(fields);
            }
        }
        if (!extensions.isEmpty()) {
            byte[] list = CertificateFileFormatTest.join(extensions.toArray(byte[][]::new));
            fields.writeBytes(DerWriter.encode(0xa3, DerWriter.encode(DerTag.SEQUENCE, list)));
        }
        byte[] whole = DerWriter.encode(DerTag.SEQUENCE, fields.toByteArray());
        return RawCertificate.parse(ByteString.of(Pairs.sign(CA, whole)));
    }

    private static PrecertificateSigningCertificate signer() throws MalformedDerException {
        return new PrecertificateSigningCertificate(
                PSC.certificate(),
                new ConfiguredIssuer("final", List.of(CA.certificate()), IssuerProfile.PRIVATE),
                raw(PSC.holder())
                        .extension(RawExtension.AUTHORITY_KEY_IDENTIFIER)
                        .map(extension -> extension.value().encoded()));
    }

    private static ByteString content(X509CertificateHolder certificate)
            throws MalformedDerException {
        return TbsNormalizer.of(raw(certificate), Optional.empty()).contentSha256();
    }

    private static RawCertificate raw(X509CertificateHolder certificate)
            throws MalformedDerException {
        return RawCertificate.parse(ByteString.of(der(certificate)));
    }
}
