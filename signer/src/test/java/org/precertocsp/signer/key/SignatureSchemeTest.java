package org.precertocsp.signer.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.Requirement;

/// AlgorithmIdentifiers byte for byte.
final class SignatureSchemeTest {
    /// The hexadecimal of Baseline Requirements §7.1.3.2.1 and .2, except PSS: see below.
    @Test
    @Requirement("RP-17")
    void pkcs1_and_ecdsa_are_as_the_baseline_requirements_list_them() {
        assertHex(SignatureScheme.RSA_PKCS1_SHA256, "300d06092a864886f70d01010b0500");
        assertHex(SignatureScheme.RSA_PKCS1_SHA384, "300d06092a864886f70d01010c0500");
        assertHex(SignatureScheme.RSA_PKCS1_SHA512, "300d06092a864886f70d01010d0500");
        assertHex(SignatureScheme.ECDSA_P256_SHA256, "300a06082a8648ce3d040302");
        assertHex(SignatureScheme.ECDSA_P384_SHA384, "300a06082a8648ce3d040303");
        assertHex(SignatureScheme.ECDSA_P521_SHA512, "300a06082a8648ce3d040304");
    }

    /// Whatever key there is and whatever is configured, no response can be signed with one.
    @ParameterizedTest
    @EnumSource
    @Requirement("RP-18")
    void no_scheme_uses_sha1_or_md5(SignatureScheme scheme) {
        String identifier = scheme.algorithmIdentifier().toHex();

        assertThat(scheme.name()).doesNotContain("SHA1", "MD5");
        for (String weak :
                new String[] {
                    "2b0e03021a", // SHA-1
                    "2a864886f70d010105", // SHA-1 with RSA
                    "2a8648ce3d0401", // ECDSA with SHA-1
                    "2a864886f70d010104", // MD5 with RSA
                    "2a864886f70d0205" // MD5
                }) {
            assertThat(identifier).doesNotContain(weak);
        }
    }

    /// The hexadecimal as §7.1.3.2.1 breaks it into lines.
    @Test
    @Requirement("RP-17")
    void pss_is_as_the_baseline_requirements_list_it() {
        assertHex(
                SignatureScheme.RSA_PSS_SHA256,
                "304106092a864886f70d01010a3034a00f300d0609608648016503040201"
                        + "0500a11c301a06092a864886f70d010108300d0609608648016503040201"
                        + "0500a203020120");
        assertHex(
                SignatureScheme.RSA_PSS_SHA384,
                "304106092a864886f70d01010a3034a00f300d0609608648016503040202"
                        + "0500a11c301a06092a864886f70d010108300d0609608648016503040202"
                        + "0500a203020130");
        assertHex(
                SignatureScheme.RSA_PSS_SHA512,
                "304106092a864886f70d01010a3034a00f300d0609608648016503040203"
                        + "0500a11c301a06092a864886f70d010108300d0609608648016503040203"
                        + "0500a203020140");
    }

    static Stream<Arguments> pss() {
        return Stream.of(
                Arguments.of(SignatureScheme.RSA_PSS_SHA256, NISTObjectIdentifiers.id_sha256, 32),
                Arguments.of(SignatureScheme.RSA_PSS_SHA384, NISTObjectIdentifiers.id_sha384, 48),
                Arguments.of(SignatureScheme.RSA_PSS_SHA512, NISTObjectIdentifiers.id_sha512, 64));
    }

    /// Built from its parts: the same hash twice, each with a NULL parameter; the trailer field
    /// left out as its default.
    @ParameterizedTest
    @MethodSource("pss")
    @Requirement("RP-17")
    void pss_parts_have_null_parameters_and_salt_of_hash_length(
            SignatureScheme scheme, ASN1ObjectIdentifier hash, int salt) throws Exception {
        AlgorithmIdentifier hashing = new AlgorithmIdentifier(hash, DERNull.INSTANCE);
        AlgorithmIdentifier masking =
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hashing);
        RSASSAPSSparams parameters =
                new RSASSAPSSparams(
                        hashing,
                        masking,
                        new ASN1Integer(salt),
                        RSASSAPSSparams.DEFAULT_TRAILER_FIELD);

        assertThat(scheme.algorithmIdentifier().toArray())
                .isEqualTo(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, parameters)
                                .getEncoded("DER"));
    }

    @ParameterizedTest
    @EnumSource(names = {"ED25519", "ML_DSA_44", "ML_DSA_65", "ML_DSA_87"})
    @Requirement("RP-20")
    void private_profile_algorithms_have_no_parameters(SignatureScheme scheme) throws Exception {
        AlgorithmIdentifier known =
                new DefaultSignatureAlgorithmIdentifierFinder().find(scheme.jcaName());

        assertThat(known.getParameters()).isNull();
        assertThat(scheme.algorithmIdentifier().toArray()).isEqualTo(known.getEncoded("DER"));
    }

    private static void assertHex(SignatureScheme scheme, String hex) {
        assertThat(scheme.algorithmIdentifier().toHex()).isEqualTo(hex);
    }
}
