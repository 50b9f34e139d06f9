package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.intake.certificate.FeedRun.ascii;
import static org.precertocsp.responder.intake.certificate.FeedRun.assigned;
import static org.precertocsp.responder.intake.certificate.FeedRun.der;
import static org.precertocsp.responder.intake.certificate.FeedRun.directory;
import static org.precertocsp.responder.intake.certificate.FeedRun.pem;
import static org.precertocsp.responder.intake.certificate.FeedRun.read;
import static org.precertocsp.responder.intake.certificate.FeedRun.refusals;
import static org.precertocsp.responder.intake.certificate.FeedRun.warnings;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Precertificates signed by a Precertificate Signing Certificate belong to the final CA.
final class PrecertificateSigningCertificatesTest {
    private static final BigInteger SERIAL = new BigInteger("7abcdef0123456789abcdef012345678", 16);
    private static final KeyPair LEAF = TestCa.p256();
    private static final TestCa CA = TestCa.root("Final CA");
    private static final TestCa PSC = CA.precertificateSigner("Precertificate Signer");
    private static final ConfiguredIssuer.Directory ISSUERS = directory(CA);
    private static final X509CertificateHolder SIGNED = PSC.precertificate(SERIAL, LEAF);

    @Test
    @Requirement({"CT-06", "SS-02"})
    void a_configured_signer_speaks_for_its_ca() throws Exception {
        CertificateFeed feed =
                new CertificateFeed(
                        PrecertificateSigningCertificates.of(ISSUERS, List.of(PSC.certificate())));

        RecordingSink sink = read(feed, der(SIGNED), ProgressListener.SILENT);

        StatusChange.Assign change = assigned(sink).getFirst();
        assertThat(change.key().issuer()).isEqualTo(CA.certificate().key());
        assertThat(change.key().serial().number()).isEqualTo(SERIAL);
        assertThat(change.by()).isEqualTo(AssignedBy.PRECERTIFICATE);
    }

    @Test
    @Requirement({"CT-06", "SS-02"})
    void a_signer_in_the_same_file_counts_wherever_it_stands_and_is_issued_itself() {
        for (String bundle : List.of(pem(SIGNED, PSC.holder()), pem(PSC.holder(), SIGNED))) {
            List<StatusChange.Assign> changes = assigned(read(ISSUERS, ascii(bundle)));

            assertThat(changes)
                    .extracting(change -> change.key().issuer())
                    .containsOnly(CA.certificate().key());
            assertThat(changes)
                    .extracting(StatusChange.Assign::by)
                    .containsExactlyInAnyOrder(AssignedBy.PRECERTIFICATE, AssignedBy.CERTIFICATE);
        }
    }

    @Test
    @Requirement("CT-06")
    void a_signer_in_a_sibling_file_counts(@TempDir Path directory) throws Exception {
        Path sibling = TestCa.write(directory.resolve("psc.pem"), PSC.holder());
        PrecertificateSigningCertificates known =
                PrecertificateSigningCertificates.none(ISSUERS)
                        .withThoseIn(sibling)
                        .withThoseIn(directory.resolve("missing.pem"))
                        .withThoseIn(Files.writeString(directory.resolve("x.txt"), "nothing"));

        RecordingSink sink = read(new CertificateFeed(known), der(SIGNED), ProgressListener.SILENT);

        assertThat(sink.changes()).hasSize(1);
    }

    @Test
    @Requirement({"SS-13", "CT-04"})
    void a_signers_precertificate_and_the_cas_certificate_have_the_same_content() {
        X509CertificateHolder issued = Pairs.finalCertificate(CA, SERIAL, LEAF);

        List<StatusChange.Assign> changes =
                assigned(read(ISSUERS, der(SIGNED, issued, PSC.holder())));

        ByteString first = changes.get(0).commitment().orElseThrow().contentSha256();
        ByteString second = changes.get(1).commitment().orElseThrow().contentSha256();
        assertThat(first).isEqualTo(second);
        assertThat(changes.get(0).key()).isEqualTo(changes.get(1).key());
    }

    @Test
    void without_its_signer_a_precertificate_is_a_strangers() {
        assertThat(refusals(read(ISSUERS, der(SIGNED))).getFirst())
                .contains("not issued by a configured issuer: C=ZZ,O=Example Trust,CN=Precert");
    }

    @Test
    @Requirement("CT-06")
    void a_signer_certified_by_a_signer_is_refused() {
        TestCa second = PSC.precertificateSigner("Second Hop");
        X509CertificateHolder twoHops = second.precertificate(SERIAL, LEAF);

        RecordingSink sink = read(ISSUERS, der(twoHops, second.holder(), PSC.holder()));

        assertThat(assigned(sink)).hasSize(1);
        assertThat(sink.changes().getFirst().key().serial().number())
                .isEqualTo(BigInteger.valueOf(3));
        assertThat(refusals(sink))
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .contains("Second Hop")
                                        .contains("not certified directly by a configured issuer")
                                        .contains("(CT-06)"),
                        hop -> assertThat(hop).contains("may sign precertificates only (CT-06)"));
    }

    @ParameterizedTest
    @CsvSource({
        "true,  true,  extended key usage is not exactly",
        "false, false, it is not a CA certificate"
    })
    @Requirement("CT-06")
    void a_signer_against_the_profile_is_refused(boolean ca, boolean more, String reason)
            throws Exception {
        KeyPurposeId purpose = KeyPurposeId.getInstance(TestCa.PRECERTIFICATE_SIGNING);
        KeyPurposeId[] purposes =
                more
                        ? new KeyPurposeId[] {purpose, KeyPurposeId.id_kp_serverAuth}
                        : new KeyPurposeId[] {purpose};
        X509CertificateHolder bad =
                CA.certificate(
                        BigInteger.valueOf(77),
                        PSC.holder().getSubject(),
                        PSC.keys(),
                        builder -> {
                            builder.addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(ca));
                            builder.addExtension(
                                    Extension.extendedKeyUsage,
                                    true,
                                    new ExtendedKeyUsage(purposes));
                        });

        RecordingSink sink = read(ISSUERS, der(SIGNED, bad));
        IssuerCertificate configured = IssuerCertificate.parse(ByteString.of(der(bad)));

        assertThat(refusals(sink)).hasSize(1).allMatch(text -> text.contains(reason));
        assertThat(assigned(sink)).hasSize(1);
        assertThatThrownBy(() -> PrecertificateSigningCertificates.of(ISSUERS, List.of(configured)))
                .isInstanceOf(InvalidCertificateException.class)
                .hasMessageContaining("CN=Precertificate Signer")
                .hasMessageContaining(reason);
    }

    @Test
    @Requirement("CT-06")
    void a_forged_signer_is_refused() {
        TestCa impostor = TestCa.root("Final CA");
        TestCa forged = impostor.precertificateSigner("Forged Signer");

        RecordingSink sink = read(ISSUERS, der(forged.precertificate(SERIAL), forged.holder()));

        assertThat(sink.changes()).isEmpty();
        assertThat(refusals(sink)).hasSize(2).allMatch(text -> text.contains("does not verify"));
    }

    @Test
    @Requirement("CT-06")
    void a_signer_may_not_sign_certificates() {
        RecordingSink sink = read(ISSUERS, der(PSC.issue(SERIAL), PSC.holder()));

        assertThat(assigned(sink)).hasSize(1);
        assertThat(refusals(sink).getFirst()).contains("may sign precertificates only (CT-06)");
    }

    @Test
    void a_signer_named_like_its_ca_is_told_apart_by_its_key() {
        TestCa namesake = CA.precertificateSigner("Final CA");
        X509CertificateHolder precertificate = namesake.precertificate(SERIAL, LEAF);
        X509CertificateHolder issued = Pairs.finalCertificate(CA, SERIAL, LEAF);

        RecordingSink sink = read(ISSUERS, der(precertificate, namesake.holder(), issued));

        assertThat(sink.refusals()).isEmpty();
        assertThat(assigned(sink).get(0).commitment().orElseThrow().contentSha256())
                .isEqualTo(assigned(sink).get(2).commitment().orElseThrow().contentSha256());
    }

    @Test
    void a_signer_of_two_cas_does_not_say_for_which_it_speaks() {
        TestCa other = TestCa.root("Other Final CA");
        X509CertificateHolder twin =
                other.certificate(
                        BigInteger.valueOf(9),
                        PSC.holder().getSubject(),
                        PSC.keys(),
                        builder -> {
                            TestCa.caUsage().apply(builder);
                            builder.addExtension(
                                    Extension.extendedKeyUsage,
                                    true,
                                    new ExtendedKeyUsage(
                                            KeyPurposeId.getInstance(
                                                    TestCa.PRECERTIFICATE_SIGNING)));
                        });

        RecordingSink sink = read(directory(CA, other), der(SIGNED, PSC.holder(), twin));

        assertThat(refusals(sink)).hasSize(1).allMatch(r -> r.contains("cannot be told (CT-06)"));
    }

    @Test
    @Requirement("SS-17")
    void a_signers_precertificate_after_the_end_of_signers_is_assigned_with_an_alarm() {
        byte[] older = der(SIGNED, PSC.holder());
        byte[] newer = Pairs.dated(PSC, SIGNED, "20260315000000Z");

        ConfiguredIssuer.Directory tls =
                new ConfiguredIssuer.Directory(
                        ISSUERS.issuers().stream()
                                .map(
                                        it ->
                                                new ConfiguredIssuer(
                                                        it.name(),
                                                        List.of(it.certificate()),
                                                        IssuerProfile.TLS))
                                .toList());
        RecordingSink before = read(tls, older);
        RecordingSink after = read(tls, CertificateFileFormatTest.join(newer, der(PSC.holder())));
        RecordingSink ofPrivate =
                read(ISSUERS, CertificateFileFormatTest.join(newer, der(PSC.holder())));

        assertThat(before.changes()).hasSize(2);
        assertThat(warnings(before)).noneMatch(text -> text.contains("(SS-17)"));
        assertThat(after.changes()).hasSize(2);
        assertThat(warnings(after)).filteredOn(text -> text.contains("(SS-17)")).hasSize(1);
        assertThat(warnings(ofPrivate)).noneMatch(text -> text.contains("(SS-17)"));
    }

    @Test
    void a_poisoned_certificate_never_makes_a_signer() {
        X509CertificateHolder poisoned =
                CA.certificate(
                        BigInteger.valueOf(5),
                        PSC.holder().getSubject(),
                        PSC.keys(),
                        builder -> {
                            TestCa.caUsage().apply(builder);
                            builder.addExtension(TestCa.POISON, true, DERNull.INSTANCE);
                            builder.addExtension(
                                    Extension.extendedKeyUsage,
                                    true,
                                    new ExtendedKeyUsage(
                                            KeyPurposeId.getInstance(
                                                    TestCa.PRECERTIFICATE_SIGNING)));
                        });

        RecordingSink sink = read(ISSUERS, der(SIGNED, poisoned));

        assertThat(assigned(sink)).hasSize(1);
        assertThat(refusals(sink)).hasSize(1).allMatch(r -> r.contains("a precertificate itself"));
    }
}
