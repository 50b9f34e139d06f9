package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.signer.DelegateCertificateFaults.CA;
import static org.precertocsp.signer.DelegateCertificateFaults.KEYS;
import static org.precertocsp.signer.DelegateCertificateFaults.NONE;
import static org.precertocsp.signer.DelegateCertificateFaults.ROOT;
import static org.precertocsp.signer.DelegateCertificateFaults.eku;
import static org.precertocsp.signer.DelegateCertificateFaults.ku;
import static org.precertocsp.signer.DelegateCertificateFaults.ocsp;
import static org.precertocsp.signer.DelegateCertificates.NOW;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.CredentialFinding.Severity;

final class CredentialLintTest {
    @ParameterizedTest(name = "{0} breaks {1}")
    @MethodSource("org.precertocsp.signer.DelegateCertificateFaults#faulty_delegates")
    @Requirement({
        "RC-03", "RC-04", "RC-05", "RC-06", "RC-07", "RC-08", "RC-09", "RP-17", "RP-18", "TF-09"
    })
    void each_fault_of_a_delegate_is_found_and_nothing_else(
            String fault,
            String rule,
            String strict,
            String relaxed,
            DelegateCertificates delegates) {
        assertThat(found(delegated(delegates, IssuerProfile.TLS)))
                .as(fault)
                .containsExactly(strict + " " + rule);
        String expected = relaxed.startsWith("R") ? "WARNING " + relaxed : relaxed + " " + rule;
        assertThat(found(delegated(delegates, IssuerProfile.PRIVATE)))
                .as(fault)
                .isEqualTo(relaxed.equals(NONE) ? List.of() : List.of(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls", "code-signing", "smime", "private"})
    @Requirement({"RC-01", "RC-02"})
    void a_proper_delegate_and_a_proper_ca_have_no_findings(String profile) {
        IssuerProfile named = IssuerProfile.named(profile).orElseThrow();

        assertThat(examine(delegated(DelegateCertificates.of(CA, KEYS), named), NOW)).isEmpty();
        assertThat(examine(direct(CA.certificate(), CA.keys(), named), NOW)).isEmpty();
    }

    @Test
    @Requirement("RC-07")
    void empty_basic_constraints_are_allowed() {
        DelegateCertificates delegates =
                DelegateCertificates.of(CA, KEYS)
                        .and(
                                b ->
                                        b.addExtension(
                                                Extension.basicConstraints,
                                                true,
                                                new BasicConstraints(false)));

        assertThat(found(delegated(delegates, IssuerProfile.TLS))).isEmpty();
    }

    @Test
    @Requirement("RC-01")
    void a_delegate_of_the_ca_above_is_not_one_of_this_ca() {
        DelegateCertificates delegates = DelegateCertificates.of(ROOT, KEYS);

        assertThat(found(delegated(delegates, IssuerProfile.TLS)))
                .contains("ERROR RC-01", "ERROR RC-09");
        assertThat(found(delegated(delegates, IssuerProfile.PRIVATE)))
                .containsExactly("WARNING RC-01");
    }

    @Test
    @Requirement("RC-02")
    void after_a_key_rollover_the_delegate_of_the_other_key_is_refused() {
        TestCa sister = ROOT.subordinate("Lint CA");
        DelegateCertificates delegates = DelegateCertificates.of(sister, KEYS);

        assertThat(found(delegated(delegates, IssuerProfile.TLS)))
                .contains("ERROR RC-02")
                .doesNotContain("ERROR RC-01");
        assertThat(found(delegated(delegates, IssuerProfile.PRIVATE)))
                .containsExactly("WARNING RC-01");
    }

    @Test
    @Requirement("RC-02")
    void one_credential_for_two_keys_is_refused() {
        TestCa sister = ROOT.subordinate("Lint CA");
        ResponderCredential both =
                new ResponderCredential(
                        List.of(CA.certificate(), sister.certificate()),
                        Optional.of(DelegateCertificates.of(CA, KEYS).certificate()),
                        TestKey.of(KEYS),
                        IssuerProfile.TLS);

        assertThat(found(both)).contains("ERROR RC-02");
    }

    @Test
    @Requirement("RC-02")
    void cross_certificates_of_one_key_are_one_issuer() {
        TestCa other = TestCa.root("Another Root");
        ResponderCredential crossed =
                new ResponderCredential(
                        List.of(
                                CA.certificate(),
                                other.subordinate("Lint CA", CA.keys()).certificate()),
                        Optional.of(DelegateCertificates.of(CA, KEYS).certificate()),
                        TestKey.of(KEYS),
                        IssuerProfile.TLS);

        assertThat(found(crossed)).isEmpty();
    }

    @Test
    @Requirement("RC-01")
    void a_signer_the_private_profile_trusts_locally_needs_no_ocsp_extensions() {
        DelegateCertificates selfSigned =
                DelegateCertificates.of(TestCa.root("OCSP Responder"), KEYS).having(b -> {});

        List<CredentialFinding> findings =
                examine(delegated(selfSigned, IssuerProfile.PRIVATE), NOW);

        assertThat(findings).noneMatch(CredentialFinding::isError);
        assertThat(findings.getFirst().toString())
                .contains("RC-01", "not certified by the CA", "§4.2.2.2");
    }

    @Test
    @Requirement("RC-10")
    void a_ca_signs_itself_only_with_digital_signature_asserted() {
        IssuerCertificate silent =
                caWith(Optional.of(new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)));

        for (IssuerProfile profile : List.of(IssuerProfile.TLS, IssuerProfile.PRIVATE)) {
            assertThat(found(direct(silent, CA.keys(), profile))).containsExactly("ERROR RC-10");
        }
    }

    @Test
    @Requirement("RC-10")
    void a_private_ca_without_key_usage_may_sign_itself() {
        IssuerCertificate unrestricted = caWith(Optional.empty());

        assertThat(found(direct(unrestricted, CA.keys(), IssuerProfile.TLS)))
                .containsExactly("ERROR RC-10");
        assertThat(found(direct(unrestricted, CA.keys(), IssuerProfile.PRIVATE))).isEmpty();
    }

    @Test
    @Requirement("RC-11")
    void a_root_that_signs_itself_is_advised_against() {
        assertThat(found(direct(ROOT, IssuerProfile.TLS))).containsExactly("WARNING RC-11");
        assertThat(found(direct(ROOT, IssuerProfile.PRIVATE))).isEmpty();
    }

    @Test
    @Requirement("RC-12")
    void a_ca_certificate_with_ocsp_signing_is_refused() {
        TestCa wide = TestCa.root("Wide Root").subordinate("Narrow");
        IssuerCertificate ca =
                issuer(
                        DelegateCertificates.of(wide, wide.keys())
                                .named(CA.holder().getSubject())
                                .having(
                                        b -> {
                                            TestCa.caUsage().apply(b);
                                            eku(ocsp()).apply(b);
                                        }));

        assertThat(found(direct(ca, wide.keys(), IssuerProfile.TLS)))
                .containsExactly("ERROR RC-12");
        assertThat(found(direct(ca, wide.keys(), IssuerProfile.PRIVATE)))
                .containsExactly("WARNING RC-12");
    }

    @Test
    @Requirement("RC-01")
    void a_leaf_given_for_the_issuer_is_refused() {
        IssuerCertificate leaf =
                issuer(
                        DelegateCertificates.of(CA, KEYS)
                                .having(ku(new KeyUsage(KeyUsage.digitalSignature))));

        assertThat(found(direct(leaf, KEYS, IssuerProfile.TLS))).containsExactly("ERROR RC-01");
    }

    @Test
    @Requirement("TF-09")
    void an_expired_ca_signs_nothing_itself_unless_another_certificate_of_it_lives() {
        DelegateCertificates past =
                DelegateCertificates.of(ROOT, CA.keys())
                        .named(CA.holder().getSubject())
                        .from(NOW.minus(Duration.ofDays(9)))
                        .until(NOW.minusSeconds(1))
                        .having(TestCa.caUsage());
        IssuerCertificate expired = issuer(past);

        assertThat(found(direct(expired, CA.keys(), IssuerProfile.TLS)))
                .containsExactly("ERROR TF-09");
        assertThat(
                        found(
                                new ResponderCredential(
                                        List.of(expired, CA.certificate()),
                                        Optional.empty(),
                                        TestKey.of(CA.keys()),
                                        IssuerProfile.TLS)))
                .containsExactly("WARNING TF-09");
    }

    @Test
    @Requirement("RP-22")
    void a_delegate_that_is_not_strict_der_is_refused() throws Exception {
        ByteString der = DelegateCertificates.of(CA, KEYS).certificate().der();
        assertThat(der.toHex()).startsWith("3082");
        DelegateCertificate ber =
                DelegateCertificate.parse(ByteString.ofHex("308300" + der.toHex().substring(4)));

        assertThat(
                        found(
                                new ResponderCredential(
                                        List.of(CA.certificate()),
                                        Optional.of(ber),
                                        TestKey.of(KEYS),
                                        IssuerProfile.TLS)))
                .containsExactly("ERROR RP-22");
    }

    @Test
    void an_extension_that_cannot_be_read_is_a_finding() {
        DelegateCertificates delegates =
                DelegateCertificates.of(CA, KEYS)
                        .having(
                                b -> {
                                    DelegateCertificates.identifiers(CA, KEYS).apply(b);
                                    b.addExtension(Extension.keyUsage, true, DERNull.INSTANCE);
                                });

        assertThat(found(delegated(delegates, IssuerProfile.TLS))).contains("ERROR RC-06");
    }

    @Test
    void all_faults_are_reported_together_with_what_to_do() {
        DelegateCertificates bad =
                DelegateCertificates.of(ROOT, KEYS)
                        .named(new X500Name("CN=R"))
                        .until(NOW.minusSeconds(1))
                        .having(b -> {});

        List<CredentialFinding> findings = examine(delegated(bad, IssuerProfile.TLS), NOW);

        assertThat(findings)
                .extracting(CredentialFinding::rule)
                .contains("RC-01", "RC-03", "RC-04", "RC-05", "RC-06", "RC-09", "TF-09");
        assertThat(findings)
                .allSatisfy(
                        finding ->
                                assertThat(finding.toString())
                                        .startsWith(finding.rule() + ": ")
                                        .contains(" — "));
    }

    @Test
    @Requirement("TF-09")
    void warnings_of_the_end_begin_in_time() {
        ResponderCredential credential =
                delegated(DelegateCertificates.of(CA, KEYS), IssuerProfile.TLS);
        Duration month = Duration.ofDays(30);

        assertThat(CredentialLint.endings(credential, month.minusSeconds(1), NOW)).isEmpty();
        assertThat(CredentialLint.endings(credential, month, NOW))
                .singleElement()
                .satisfies(
                        warning -> {
                            assertThat(warning.severity()).isEqualTo(Severity.WARNING);
                            assertThat(warning.fault()).contains("2026-07-01T12:00:00Z");
                        });
        assertThat(
                        CredentialLint.endings(
                                direct(CA, IssuerProfile.TLS), Duration.ofDays(4000), NOW))
                .hasSize(1);
    }

    private static List<String> found(ResponderCredential credential) {
        return examine(credential, NOW).stream()
                .map(finding -> finding.severity() + " " + finding.rule())
                .toList();
    }

    private static ResponderCredential delegated(
            DelegateCertificates delegates, IssuerProfile profile) {
        return new ResponderCredential(
                List.of(CA.certificate()),
                Optional.of(delegates.certificate()),
                TestKey.of(KEYS),
                profile);
    }

    private static ResponderCredential direct(TestCa ca, IssuerProfile profile) {
        return direct(ca.certificate(), ca.keys(), profile);
    }

    private static ResponderCredential direct(
            IssuerCertificate ca, KeyPair keys, IssuerProfile profile) {
        return new ResponderCredential(List.of(ca), Optional.empty(), TestKey.of(keys), profile);
    }

    /// The CA of these tests, certified with this keyUsage or with none.
    private static IssuerCertificate caWith(Optional<KeyUsage> usage) {
        return issuer(
                DelegateCertificates.of(ROOT, CA.keys())
                        .named(CA.holder().getSubject())
                        .having(
                                b -> {
                                    b.addExtension(
                                            Extension.basicConstraints,
                                            true,
                                            new BasicConstraints(true));
                                    if (usage.isPresent()) {
                                        ku(usage.get()).apply(b);
                                    }
                                }));
    }

    private static IssuerCertificate issuer(DelegateCertificates certificate) {
        try {
            return IssuerCertificate.parse(ByteString.of(TestCa.encoded(certificate.holder())));
        } catch (InvalidCertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<CredentialFinding> examine(ResponderCredential credential, Instant now) {
        return CredentialLint.examine(
                new CredentialLint.Candidate(
                        credential.issuers(),
                        credential.delegate().isEmpty(),
                        credential.delegate(),
                        Optional.of(credential.key()),
                        credential.profile()),
                now);
    }
}
