package org.precertocsp.signer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.RequiredTools;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.key.SignatureScheme;

/// Every algorithm a responder may sign with, verified by Bouncy Castle and OpenSSL.
final class AlgorithmsTest {
    private static final TestCa CA = TestCa.root("Algorithms");
    private static final KeyPair RSA_2048 = TestCa.rsa(2048);

    @TempDir Path directory;

    static Stream<Arguments> public_algorithms() {
        KeyPair rsa3072 = TestCa.rsa(3072);
        KeyPair rsa4096 = TestCa.rsa(4096);
        return Stream.of(
                Arguments.of(SignatureScheme.RSA_PKCS1_SHA256, RSA_2048),
                Arguments.of(SignatureScheme.RSA_PKCS1_SHA384, RSA_2048),
                Arguments.of(SignatureScheme.RSA_PKCS1_SHA512, RSA_2048),
                Arguments.of(SignatureScheme.RSA_PSS_SHA256, RSA_2048),
                Arguments.of(SignatureScheme.RSA_PSS_SHA384, RSA_2048),
                Arguments.of(SignatureScheme.RSA_PSS_SHA512, RSA_2048),
                Arguments.of(SignatureScheme.RSA_PKCS1_SHA256, rsa3072),
                Arguments.of(SignatureScheme.RSA_PSS_SHA384, rsa3072),
                Arguments.of(SignatureScheme.RSA_PKCS1_SHA512, rsa4096),
                Arguments.of(SignatureScheme.RSA_PSS_SHA256, rsa4096),
                Arguments.of(SignatureScheme.ECDSA_P256_SHA256, TestCa.ec("secp256r1")),
                Arguments.of(SignatureScheme.ECDSA_P384_SHA384, TestCa.ec("secp384r1")),
                Arguments.of(SignatureScheme.ECDSA_P521_SHA512, TestCa.ec("secp521r1")));
    }

    static Stream<Arguments> private_algorithms() {
        return Stream.of(
                Arguments.of(SignatureScheme.ED25519, TestKey.generate("Ed25519")),
                Arguments.of(SignatureScheme.ML_DSA_44, TestKey.generate("ML-DSA-44")),
                Arguments.of(SignatureScheme.ML_DSA_65, TestKey.generate("ML-DSA-65")),
                Arguments.of(SignatureScheme.ML_DSA_87, TestKey.generate("ML-DSA-87")));
    }

    @ParameterizedTest
    @MethodSource("public_algorithms")
    @Requirement({"RP-01", "RP-17", "RP-18", "RP-19"})
    void public_profiles_sign_and_openssl_verifies(SignatureScheme scheme, KeyPair keys)
            throws Exception {
        ResponderCredential credential = credential(scheme, keys, IssuerProfile.TLS);

        assertThat(errors(credential)).isEmpty();
        assertThat(openssl(signNow(credential)))
                .contains("Response verify OK", "Responder Id: ", "0x00A1B2C3D4: revoked")
                .contains("Reason: keyCompromise");
        assertSigned(credential);
    }

    @ParameterizedTest
    @MethodSource("private_algorithms")
    @Requirement({"RP-19", "RP-20"})
    void the_private_profile_alone_takes_newer_algorithms(SignatureScheme scheme, KeyPair keys)
            throws Exception {
        ResponderCredential credential = credential(scheme, keys, IssuerProfile.PRIVATE);

        assertThat(errors(credential)).isEmpty();
        assertSigned(credential);
        assertThat(errors(credential(scheme, keys, IssuerProfile.TLS)))
                .singleElement()
                .satisfies(error -> assertThat(error.rule()).isEqualTo("RP-19"));
    }

    private static void assertSigned(ResponderCredential credential) throws Exception {
        SignedResponse response = signNow(credential);
        BasicOCSPResp basic = BouncyCastleSignerTest.parse(response);
        ByteString algorithm = ByteString.of(basic.getSignatureAlgorithmID().getEncoded());
        CredentialFindings findings = new CredentialFindings(true);

        KeyPairCheck.examine(credential, findings);

        assertThat(findings.list()).isEmpty();
        assertThat(algorithm).isEqualTo(credential.key().scheme().algorithmIdentifier());
        assertThat(response.der().toHex()).contains(algorithm.toHex());
        assertThat(
                        basic.isSignatureValid(
                                new JcaContentVerifierProviderBuilder()
                                        .setProvider(IssuerCertificate.PROVIDER)
                                        .build(basic.getCerts()[0])))
                .isTrue();
    }

    private static List<CredentialFinding> errors(ResponderCredential credential) {
        return CredentialLintTest.examine(credential, Instant.now()).stream()
                .filter(CredentialFinding::isError)
                .toList();
    }

    private static ResponderCredential credential(
            SignatureScheme scheme, KeyPair keys, IssuerProfile profile) {
        DelegateCertificate delegate =
                DelegateCertificates.of(CA, keys)
                        .from(TestCa.NOT_BEFORE)
                        .until(TestCa.NOT_AFTER)
                        .certificate();
        return new ResponderCredential(
                List.of(CA.certificate()),
                Optional.of(delegate),
                new TestKey(keys, scheme),
                profile);
    }

    /// OpenSSL judges by its own clock.
    private static SignedResponse signNow(ResponderCredential credential)
            throws SignerUnavailableException {
        CertStatus revoked = ResponseContents.revoked(RevocationReason.KEY_COMPROMISE);
        return new BouncyCastleSigner(credential)
                .sign(
                        new ResponseContent(
                                List.of(
                                        new SingleResponseContent(
                                                ResponseContents.asked(CA), revoked)),
                                ValidityWindow.from(Instant.now(), Duration.ofDays(2)),
                                Optional.empty(),
                                Optional.empty(),
                                Instant.now()));
    }

    private String openssl(SignedResponse response) throws Exception {
        Path ca = TestCa.write(directory.resolve("ca.pem"), CA.holder());
        Path file = Files.write(directory.resolve("response.der"), response.der().toArray());
        Process process =
                new ProcessBuilder(
                                RequiredTools.program("openssl").toString(),
                                "ocsp",
                                "-respin",
                                file.toString(),
                                "-issuer",
                                ca.toString(),
                                "-serial",
                                "0x00A1B2C3D4",
                                "-CAfile",
                                ca.toString(),
                                "-no_nonce",
                                "-resp_text")
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
