package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.SoftHsm;
import org.precertocsp.TestCa;
import org.precertocsp.signer.key.KeyPairType;
import org.precertocsp.signer.key.PrivateKeys;

final class KeyCsrCommandTest {
    @TempDir Path folder;

    private final TestCa ca = TestCa.root("Alpha");
    private SoftHsm hsm;

    @BeforeEach
    void token() throws IOException {
        hsm = SoftHsm.in(folder.resolve("hsm")).useInThisProcess().withToken("ocsp");
        Files.writeString(folder.resolve("pin"), SoftHsm.PIN);
        TestCa.write(folder.resolve("ca.pem"), ca.holder());
        TestCa.write(folder.resolve("delegate.pem"), ca.delegate(TestCa.p256()));
        configure("");
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"KP-02", "RC-03", "RC-04", "RC-05"})
    void key_made_on_the_token_asks_for_a_responder_certificate(KeyPairType kind) throws Exception {
        CommandRun run =
                run("--generate", kind.word(), "--subject", "C=AT,O=Example Trust,CN=OCSP 2027");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("token 'ocsp'", "label 'responder'");
        PKCS10CertificationRequest request = parse(run.out());
        assertThat(request.getSubject().toString()).isEqualTo("C=AT,O=Example Trust,CN=OCSP 2027");
        assertThat(verifies(request)).isTrue();
        Extensions extensions = request.getRequestedExtensions();
        assertThat(ExtendedKeyUsage.fromExtensions(extensions).getUsages())
                .containsExactly(KeyPurposeId.id_kp_OCSPSigning);
        assertThat(KeyUsage.fromExtensions(extensions).getBytes())
                .isEqualTo(new byte[] {(byte) KeyUsage.digitalSignature});
        assertThat(extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck)).isNotNull();

        CommandRun again = run("--generate", kind.word(), "--subject", "CN=OCSP");
        assertThat(again.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(again.err()).contains("has an object with label 'responder' already");
    }

    @Test
    void next_key_is_made_beside_the_one_in_use_with_the_subject_of_its_certificate()
            throws Exception {
        hsm.withKeyPair("ocsp", "EC:prime256v1", "responder", "01");
        configure("certificate: delegate.pem");
        Path file = folder.resolve("next.csr");

        CommandRun run = run("--generate", "ec-p256", "--label", "next", "--out", file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEmpty();
        PKCS10CertificationRequest made = parse(Files.readString(file));
        assertThat(made.getSubject()).isEqualTo(ca.delegate(TestCa.p256()).getSubject());

        // The key is there now, and not the one in use.
        PKCS10CertificationRequest again = parse(run("--label", "next").out());
        PKCS10CertificationRequest inUse = parse(run().out());
        assertThat(again.getSubjectPublicKeyInfo()).isEqualTo(made.getSubjectPublicKeyInfo());
        assertThat(inUse.getSubjectPublicKeyInfo()).isNotEqualTo(made.getSubjectPublicKeyInfo());

        CommandRun existing = run("--label", "next", "--out", file.toString());
        assertThat(existing.exitCode()).isEqualTo(ExitCodes.CANNOT);
        assertThat(existing.err()).contains("exists already");
    }

    @Test
    void key_in_a_file_is_requested_for_too_and_never_made() throws Exception {
        Files.writeString(
                folder.resolve("key.pem"),
                TestCa.pem("PRIVATE KEY", TestCa.rsa(2048).getPrivate().getEncoded()));
        configure("certificate: delegate.pem", "{pem: {file: key.pem}}");

        assertThat(verifies(parse(run().out()))).isTrue();
        CommandRun making = run("--generate", "rsa-2048");
        assertThat(making.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(making.err()).contains("openssl genpkey");
    }

    @Test
    void what_is_missing_or_wrong_is_said() throws Exception {
        assertThat(run("--generate", "dsa-1024", "--subject", "CN=x").err())
                .contains("not a kind of key; there are: ec-p256, ec-p384");
        assertThat(run("--generate", "ec-p256").err()).contains("name the --subject");
        assertThat(run("--issuer", "beta", "--subject", "CN=x").err())
                .contains("no issuer with a key is named beta; there are: alpha");
        CommandRun none = run("--subject", "CN=x");
        assertThat(none.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(none.err()).contains("no private key with label 'responder'");
        hsm.withKeyPair("ocsp", "EC:prime256v1", "responder", "01");
        CommandRun name = run("--subject", "nonsense");
        assertThat(name.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(name.err()).contains("not a distinguished name");

        PrivateKeys.retryRefusedPins();
        Files.writeString(folder.resolve("pin"), "00000000");
        CommandRun pin = run("--generate", "ec-p256", "--label", "next", "--subject", "CN=x");
        assertThat(pin.exitCode()).isEqualTo(ExitCodes.REFUSED);
        assertThat(pin.err()).contains("rejects the PIN").doesNotContain("00000000");
    }

    private CommandRun run(String... words) {
        List<String> arguments =
                new ArrayList<>(List.of("key", "csr", "-c", folder.resolve("c.yaml").toString()));
        arguments.addAll(Arrays.asList(words));
        return CommandRun.of(
                PrecertOcspCommand.of(KeyCommand.of(PrivateKeys::inspect)),
                arguments.toArray(String[]::new));
    }

    private void configure(String certificate) throws IOException {
        configure(
                certificate,
                "{pkcs11: {library: %s, token: ocsp, label: responder, pin: {file: pin}}}"
                        .formatted(SoftHsm.library()));
    }

    private void configure(String certificate, String key) throws IOException {
        Files.writeString(
                folder.resolve("c.yaml"),
                """
                store: {directory: store}
                issuers:
                  - name: alpha
                    certificates: ca.pem
                    profile: private
                    responder:
                      key: %s
                      %s
                """
                        .formatted(key, certificate));
    }

    private static PKCS10CertificationRequest parse(String pem) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            return (PKCS10CertificationRequest) parser.readObject();
        }
    }

    private static boolean verifies(PKCS10CertificationRequest request) throws Exception {
        return request.isSignatureValid(
                new JcaContentVerifierProviderBuilder()
                        .setProvider(new BouncyCastleProvider())
                        .build(request.getSubjectPublicKeyInfo()));
    }
}
