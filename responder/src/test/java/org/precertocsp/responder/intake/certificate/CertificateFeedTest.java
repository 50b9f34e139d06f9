package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.intake.certificate.FeedRun.assigned;
import static org.precertocsp.responder.intake.certificate.FeedRun.der;
import static org.precertocsp.responder.intake.certificate.FeedRun.directory;
import static org.precertocsp.responder.intake.certificate.FeedRun.read;
import static org.precertocsp.responder.intake.certificate.FeedRun.refusals;
import static org.precertocsp.responder.intake.certificate.FeedRun.warnings;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.StatusChange;

/// Which issuer a document belongs to, and what it assigns.
final class CertificateFeedTest {
    private static final int EXTENSIONS = 3;
    private static final BigInteger SERIAL = new BigInteger("7abcdef0123456789abcdef012345678", 16);
    private static final KeyPair LEAF = TestCa.p256();
    private static final TestCa CA = TestCa.root("Issuing CA");
    private static final ConfiguredIssuer.Directory ISSUERS = directory(CA);

    @Test
    @Requirement({"SS-01", "SS-09", "SS-18"})
    void a_precertificate_assigns_its_serial_before_any_certificate_exists() {
        X509CertificateHolder precertificate = CA.precertificate(SERIAL, LEAF);

        RecordingSink sink = read(ISSUERS, der(precertificate));

        StatusChange.Assign change = assigned(sink).getFirst();
        assertThat(change.key().issuer()).isEqualTo(CA.certificate().key());
        assertThat(change.key().serial().number()).isEqualTo(SERIAL);
        assertThat(change.by()).isEqualTo(AssignedBy.PRECERTIFICATE);
        assertThat(change.notAfter()).contains(TestCa.NOT_AFTER);
        assertThat(sink.warnings()).isEmpty();
    }

    @Test
    @Requirement({"SS-01", "IS-06"})
    void a_certificate_assigns_its_serial_with_the_hash_of_its_der() {
        X509CertificateHolder certificate = CA.issue(SERIAL);

        StatusChange.Assign change = assigned(read(ISSUERS, der(certificate))).getFirst();

        assertThat(change.by()).isEqualTo(AssignedBy.CERTIFICATE);
        assertThat(change.commitment().orElseThrow().documentSha256())
                .isEqualTo(HashAlgorithm.SHA256.hash(ByteString.of(der(certificate))));
    }

    @ParameterizedTest
    @CsvSource({
        "false, 0500, poison is not critical",
        "true,  0400, poison is not ASN.1 NULL",
        "true,  050000, poison is not ASN.1 NULL",
        "true,  3000, poison is not ASN.1 NULL"
    })
    @Requirement("CT-01")
    void a_faulty_poison_is_warned_about_and_its_serial_assigned(
            boolean critical, String value, String reason) {
        X509CertificateHolder odd =
                CA.issue(
                        SERIAL,
                        LEAF,
                        builder ->
                                builder.addExtension(
                                        TestCa.POISON,
                                        critical,
                                        ByteString.ofHex(value).toArray()));

        RecordingSink sink = read(ISSUERS, der(odd));

        assertThat(assigned(sink))
                .singleElement()
                .extracting(StatusChange.Assign::by)
                .isEqualTo(AssignedBy.PRECERTIFICATE);
        assertThat(refusals(sink)).isEmpty();
        assertThat(sink.warnings())
                .singleElement()
                .satisfies(it -> assertThat(it.toString()).contains(reason));
    }

    /// Extensions as they stand, in a certificate that is signed with them.
    @ParameterizedTest
    @CsvSource({
        "3012 060a2b06010401d679020403 0101ff 030100, PRECERTIFICATE", // no OCTET STRING
        "300f 060a2b06010401d679020403 0101ff, PRECERTIFICATE", // no value
        "300c 060a2b06010401d679020403, PRECERTIFICATE", // the name alone
        "3000, CERTIFICATE",
        "0500, CERTIFICATE",
        "3004 04020500, CERTIFICATE", // no name
    })
    @Requirement("CT-01")
    void an_extension_that_cannot_be_read_is_warned_about_and_the_serial_assigned(
            String extension, AssignedBy by) throws Exception {
        RecordingSink sink = read(ISSUERS, withExtension(extension.replace(" ", "")));

        assertThat(assigned(sink))
                .singleElement()
                .extracting(StatusChange.Assign::by)
                .isEqualTo(by);
        assertThat(refusals(sink)).isEmpty();
        assertThat(sink.warnings().toString()).contains("cannot be read");
    }

    private static byte[] withExtension(String hex) throws Exception {
        ASN1EncodableVector fields = new ASN1EncodableVector();
        for (ASN1Encodable field :
                ASN1Sequence.getInstance(
                        CA.issue(SERIAL).toASN1Structure().getTBSCertificate().getEncoded())) {
            boolean extensions =
                    field instanceof ASN1TaggedObject tagged && tagged.getTagNo() == EXTENSIONS;
            ASN1Encodable odd =
                    new DERSequence(ASN1Primitive.fromByteArray(ByteString.ofHex(hex).toArray()));
            fields.add(extensions ? new DERTaggedObject(EXTENSIONS, odd) : field);
        }
        byte[] tbs = new DERSequence(fields).getEncoded();
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(CA.keys().getPrivate());
        signature.update(tbs);
        return new DERSequence(
                        new ASN1Encodable[] {
                            ASN1Primitive.fromByteArray(tbs),
                            CA.holder().toASN1Structure().getSignatureAlgorithm(),
                            new DERBitString(signature.sign())
                        })
                .getEncoded();
    }

    @Test
    @Requirement("CT-01")
    void poison_together_with_an_sct_list_is_warned_about_and_the_serial_assigned() {
        X509CertificateHolder both =
                CA.issue(
                        SERIAL,
                        LEAF,
                        builder -> {
                            builder.addExtension(TestCa.POISON, true, DERNull.INSTANCE);
                            builder.addExtension(Pairs.SCT_LIST, false, Pairs.scts());
                        });

        RecordingSink sink = read(ISSUERS, der(both));

        assertThat(assigned(sink)).hasSize(1);
        assertThat(sink.warnings().toString()).contains("both poison and SCT list");
    }

    /// The CA's signature is over it, whatever it is.
    @Test
    void what_another_key_signed_is_refused_whatever_its_poison() {
        X509CertificateHolder forged =
                TestCa.root("Test Issuing CA")
                        .issue(
                                SERIAL,
                                LEAF,
                                builder ->
                                        builder.addExtension(
                                                TestCa.POISON, false, new byte[] {4, 0}));

        RecordingSink sink = read(ISSUERS, der(forged));

        assertThat(sink.changes()).isEmpty();
        assertThat(refusals(sink)).hasSize(1);
    }

    @Test
    void a_stranger_is_refused_by_name() {
        RecordingSink sink = read(ISSUERS, der(TestCa.root("Other CA").issue(SERIAL)));

        assertThat(sink.changes()).isEmpty();
        assertThat(refusals(sink).getFirst())
                .contains("not issued by a configured issuer: C=ZZ,O=Example Trust,CN=Other CA");
    }

    @Test
    void a_document_its_issuer_did_not_sign_assigns_nothing() {
        TestCa impostor = TestCa.root("Issuing CA");
        byte[] changed = der(CA.issue(SERIAL));
        changed[30] ^= 1;

        for (byte[] octets : List.of(der(impostor.precertificate(SERIAL)), changed)) {
            RecordingSink sink = read(ISSUERS, octets);

            assertThat(sink.changes()).isEmpty();
            assertThat(refusals(sink).getFirst()).contains("its signature does not verify");
        }
    }

    @Test
    void a_name_in_other_octets_is_not_ours_and_the_operator_is_told_why() {
        X500Name wide =
                new X500NameBuilder()
                        .addRDN(BCStyle.C, text("ZZ"))
                        .addRDN(BCStyle.O, text("Example Trust"))
                        .addRDN(BCStyle.CN, text("Issuing CA"))
                        .build();
        assertThat(wide).isEqualTo(CA.holder().getSubject());
        X509CertificateHolder certificate =
                Pairs.signed(wide, SERIAL, LEAF, "SHA256withECDSA", CA.keys());

        RecordingSink sink = read(ISSUERS, der(certificate));

        assertThat(sink.changes()).isEmpty();
        assertThat(refusals(sink).getFirst()).contains("writes that name in other bytes, CI-01");
    }

    private static ASN1Encodable text(String value) {
        return value.length() == 2 ? new DERUTF8String(value) : new DERBMPString(value);
    }

    @Test
    @Requirement({"SS-07", "SS-08"})
    void after_a_key_rollover_each_key_keeps_its_serials() {
        TestCa before = TestCa.root("Rolling CA");
        TestCa after = TestCa.root("Rolling CA");

        RecordingSink sink =
                read(
                        directory(before, after),
                        der(after.issue(SERIAL), before.precertificate(SERIAL)));

        assertThat(sink.changes())
                .extracting(change -> change.key().issuer())
                .containsExactly(after.certificate().key(), before.certificate().key());
    }

    @Test
    void cross_certificates_of_one_key_are_one_issuer() {
        TestCa first = TestCa.root("First Root").subordinate("Cross CA");
        TestCa second = TestCa.root("Second Root").subordinate("Cross CA", first.keys());
        ConfiguredIssuer both =
                new ConfiguredIssuer(
                        "cross",
                        List.of(first.certificate(), second.certificate()),
                        IssuerProfile.PRIVATE);

        RecordingSink sink =
                read(new ConfiguredIssuer.Directory(List.of(both)), der(second.issue(SERIAL)));

        assertThat(sink.changes()).hasSize(1);
        assertThat(sink.changes().getFirst().key().issuer()).isEqualTo(first.certificate().key());
    }

    @Test
    void ca_certificates_that_come_along_are_remarked_and_not_refused() {
        TestCa root = TestCa.root("Root");
        TestCa issuing = root.subordinate("Sub CA");
        TestCa cross = TestCa.root("Foreign Root").subordinate("Sub CA", issuing.keys());
        byte[] chain =
                der(
                        issuing.issue(SERIAL),
                        issuing.holder(),
                        root.holder(),
                        cross.holder(),
                        TestCa.root("Unrelated").holder());

        RecordingSink sink = read(directory(issuing), chain);

        assertThat(sink.changes()).hasSize(1);
        assertThat(sink.refusals()).isEmpty();
        assertThat(warnings(sink))
                .satisfiesExactly(
                        own -> assertThat(own).contains("is a certificate of the configured"),
                        above -> assertThat(above).contains("is above the configured issuer test"),
                        other -> assertThat(other).contains("is a certificate of the configured"),
                        alien -> assertThat(alien).contains("root of something not configured"));
    }

    @Test
    void a_roots_former_key_is_remarked_and_not_taken_for_a_forgery() {
        TestCa former = TestCa.root("Issuing CA");

        RecordingSink sink = read(ISSUERS, der(former.holder()));

        assertThat(sink.changes()).isEmpty();
        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.warnings()).hasSize(1);
    }

    @Test
    void a_stranger_that_is_a_ca_but_no_root_is_refused() {
        X509CertificateHolder subordinate = TestCa.root("Foreign").subordinate("Sub").holder();

        assertThat(refusals(read(ISSUERS, der(subordinate)))).hasSize(1);
    }

    @Test
    void the_configured_roots_own_certificate_is_one_it_issued() {
        StatusChange.Assign change = assigned(read(ISSUERS, der(CA.holder()))).getFirst();

        assertThat(change.key().serial().number()).isEqualTo(BigInteger.ONE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, is zero",
        "-17, is negative",
        "1234567, 'has 21 bits, too few'",
        "1461501637330902918203684832716283019655932542975, is not below 2^159"
    })
    @Requirement({"SS-14", "SS-15"})
    void a_serial_against_the_rules_is_served_with_a_warning(BigInteger serial, String finding) {
        ConfiguredIssuer strict =
                new ConfiguredIssuer("tls", List.of(CA.certificate()), IssuerProfile.TLS);

        RecordingSink sink =
                read(
                        new ConfiguredIssuer.Directory(List.of(strict)),
                        der(CA.precertificate(serial)));

        assertThat(sink.changes()).hasSize(1);
        assertThat(sink.changes().getFirst().key().serial().number()).isEqualTo(serial);
        assertThat(warnings(sink)).hasSize(1).allMatch(text -> text.contains(finding));
    }

    @Test
    @Requirement("SS-14")
    void a_private_pki_may_count_its_serials() {
        assertThat(read(ISSUERS, der(CA.issue(BigInteger.TEN))).warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {161, 168, 400})
    @Requirement("SS-15")
    void a_serial_longer_than_twenty_octets_is_refused_with_the_rule(int bits) {
        BigInteger serial = BigInteger.ONE.shiftLeft(bits - 1);

        RecordingSink sink = read(ISSUERS, der(CA.precertificate(serial)));

        assertThat(sink.changes()).isEmpty();
        assertThat(refusals(sink).getFirst()).contains("at most 20 bytes (RFC 5280 §4.1.2.2)");
    }

    @Test
    @Requirement("SS-16")
    void a_serial_keeps_its_leading_zero() {
        X509CertificateHolder high = CA.issue(new BigInteger("ff00000000000001", 16));

        assertThat(FeedRun.serials(read(ISSUERS, der(high)))).containsExactly("00ff00000000000001");
    }

    @Test
    void a_certificate_without_end_has_the_end_it_says() {
        byte[] octets = Pairs.resigned(CA, CA.issue(SERIAL), "99991231235959Z");

        assertThat(assigned(read(ISSUERS, octets)).getFirst().notAfter())
                .isEqualTo(Optional.of(Instant.parse("9999-12-31T23:59:59Z")));
    }

    @Test
    void an_unreadable_end_is_no_reason_to_forget_a_serial() {
        byte[] octets = Pairs.resigned(CA, CA.issue(SERIAL), "20369901000000Z");

        RecordingSink sink = read(ISSUERS, octets);

        assertThat(assigned(sink).getFirst().notAfter()).isEmpty();
        assertThat(warnings(sink)).hasSize(1).allMatch(w -> w.contains("notAfter cannot be read"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MD5withRSA",
                "SHA1withRSA",
                "SHA256withRSA",
                "SHA384withRSAandMGF1",
                "SHA1withECDSA",
                "SHA384withECDSA",
                "Ed25519",
                "ML-DSA-44",
                "ML-DSA-87"
            })
    void verifies_signatures_old_and_new(String algorithm) {
        KeyPair keys = Pairs.keysFor(algorithm);
        X500Name name = TestCa.name("CA of " + algorithm);
        X509CertificateHolder ca = Pairs.signed(name, BigInteger.ONE, keys, algorithm, keys);
        X509CertificateHolder leaf = Pairs.signed(name, SERIAL, LEAF, algorithm, keys);
        byte[] forged = der(leaf);
        forged[forged.length - 9] ^= 1;

        ConfiguredIssuer.Directory issuers = Pairs.directory(ca);

        assertThat(read(issuers, der(leaf)).changes()).hasSize(1);
        assertThat(read(issuers, forged).changes()).isEmpty();
        assertThat(refusals(read(issuers, forged)).getFirst()).contains("its signature");
    }

    @Test
    void an_algorithm_nobody_knows_is_named() {
        byte[] octets = der(CA.issue(SERIAL));
        Pairs.replaceAll(octets, "06082a8648ce3d040302", "06082a8648ce3d040377");

        assertThat(refusals(read(ISSUERS, octets)).getFirst())
                .contains("algorithm 1.2.840.10045.4.3.119, cannot be verified");
    }

    @Test
    void the_unsigned_one_of_two_algorithms_is_not_believed_but_told() {
        byte[] octets = der(CA.issue(SERIAL));
        Pairs.replaceLast(octets, "06082a8648ce3d040302", "06082a8648ce3d040303");

        RecordingSink sink = read(ISSUERS, octets);

        assertThat(sink.changes()).hasSize(1);
        assertThat(warnings(sink)).hasSize(1).allMatch(w -> w.contains("algorithms differ"));
    }
}
