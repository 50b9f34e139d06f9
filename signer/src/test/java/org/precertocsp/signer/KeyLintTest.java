package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.signer.DelegateCertificateFaults.CA;
import static org.precertocsp.signer.DelegateCertificateFaults.KEYS;
import static org.precertocsp.signer.DelegateCertificates.NOW;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.key.SignatureScheme;
import org.precertocsp.signer.key.SigningKey;

/// Which keys may sign, and that the key is the one certified.
final class KeyLintTest {
    @Test
    @Requirement("RP-06")
    void a_key_that_is_not_the_certified_one_is_refused() {
        SigningKey stranger = TestKey.of(TestCa.p256());
        List<IssuerCertificate> issuers = List.of(CA.certificate());

        assertThat(
                        found(
                                new ResponderCredential(
                                        issuers,
                                        Optional.of(
                                                DelegateCertificates.of(CA, KEYS).certificate()),
                                        stranger,
                                        IssuerProfile.TLS)))
                .containsExactly("ERROR RP-06");
        assertThat(
                        found(
                                new ResponderCredential(
                                        issuers, Optional.empty(), stranger, IssuerProfile.TLS)))
                .containsExactly("ERROR RP-06");
    }

    @Test
    @Requirement("RP-19")
    void weak_and_odd_rsa_keys_are_refused() {
        assertThat(found(delegated(TestCa.rsa(1024), IssuerProfile.TLS)))
                .containsExactly("ERROR RP-19");
        assertThat(found(delegated(TestCa.rsa(1024), IssuerProfile.PRIVATE)))
                .containsExactly("ERROR RP-19");
        assertThat(found(delegated(TestCa.rsa(2052), IssuerProfile.TLS)))
                .containsExactly("ERROR RP-19");
        assertThat(found(delegated(TestCa.rsa(2052), IssuerProfile.PRIVATE)))
                .containsExactly("WARNING RP-19");
    }

    @Test
    @Requirement("RP-19")
    void other_curves_are_refused() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", IssuerCertificate.PROVIDER);
        generator.initialize(new ECGenParameterSpec("secp256k1"));
        KeyPair koblitz = generator.generateKeyPair();

        assertThat(found(delegated(koblitz, IssuerProfile.TLS))).containsExactly("ERROR RP-19");
        assertThat(found(delegated(koblitz, IssuerProfile.PRIVATE))).containsExactly("ERROR RP-19");
    }

    @Test
    @Requirement("RP-17")
    void a_curve_signs_with_its_own_hash_only() {
        ResponderCredential crossed =
                new ResponderCredential(
                        List.of(CA.certificate()),
                        Optional.of(DelegateCertificates.of(CA, KEYS).certificate()),
                        new TestKey(KEYS, SignatureScheme.ECDSA_P384_SHA384),
                        IssuerProfile.TLS);

        assertThat(found(crossed)).containsExactly("ERROR RP-17");
    }

    private static List<String> found(ResponderCredential credential) {
        return CredentialLintTest.examine(credential, NOW).stream()
                .map(finding -> finding.severity() + " " + finding.rule())
                .toList();
    }

    private static ResponderCredential delegated(KeyPair keys, IssuerProfile profile) {
        return new ResponderCredential(
                List.of(CA.certificate()),
                Optional.of(DelegateCertificates.of(CA, keys).certificate()),
                TestKey.of(keys),
                profile);
    }
}
