package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.signer.key.KeyReport;
import org.precertocsp.signer.key.SignatureScheme;
import org.precertocsp.signer.key.SigningKeyException;

final class KeyCommandTest {
    @TempDir Path folder;

    private final TestCa ca = TestCa.root("Alpha");
    private final KeyPair delegate = TestCa.p256();

    @BeforeEach
    void make_files() throws IOException {
        TestCa.write(folder.resolve("ca.pem"), ca.holder());
        TestCa.write(folder.resolve("beta.pem"), TestCa.root("Beta").holder());
        TestCa.write(folder.resolve("delegate.pem"), ca.delegate(delegate));
        Files.writeString(folder.resolve("key.pem"), "opened by the seam");
        Files.writeString(
                file(),
                """
                store: {directory: store}
                issuers:
                  - name: alpha
                    certificates: [ca.pem]
                    profile: tls
                    responder:
                      certificate: delegate.pem
                      key: {pem: {file: key.pem}}
                  - {name: beta, certificates: [beta.pem], profile: private}
                """);
    }

    @Test
    void a_key_is_described_for_people() {
        CommandRun run = run((_, _) -> facts(delegate));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("alpha\n")
                .contains("EC P-256", "ECDSA_P256_SHA256", "PEM key.pem")
                .contains("AmazonCorrettoCryptoProvider 2.5.0")
                .contains(HashAlgorithm.SHA256.hash(spki(delegate)).toHex())
                .contains("2036-01-01T00:00:00Z", "OCSP Responder")
                .contains("beta\n", "none: loaded but not answered for")
                .doesNotContain("warning", "error");
    }

    @Test
    void a_key_is_described_for_programs() throws IOException {
        CommandRun run = run((_, _) -> facts(delegate), "--json", "--issuer", "alpha");

        JsonNode keys = new ObjectMapper().readTree(run.out());
        assertThat(keys).hasSize(1);
        assertThat(keys.get(0).get("issuer").asText()).isEqualTo("alpha");
        assertThat(keys.get(0).get("spkiSha256").asText())
                .isEqualTo(HashAlgorithm.SHA256.hash(spki(delegate)).toHex());
        assertThat(keys.get(0).get("certificateEnd").asText()).isEqualTo("2036-01-01T00:00:00Z");
    }

    @Test
    void a_key_that_does_not_open_is_told_and_the_others_still_shown() {
        CommandRun run =
                run(
                        (_, _) -> {
                            throw new SigningKeyException("key.pem: wrong passphrase", null);
                        });

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("error", "key.pem: wrong passphrase", "beta");
    }

    @Test
    void warnings_of_the_key_are_shown() {
        KeyReport plain = facts(delegate);
        KeyReport warned =
                new KeyReport(
                        plain.kind(),
                        plain.scheme(),
                        plain.computedBy(),
                        plain.source(),
                        plain.spkiSha256(),
                        plain.keyHash(),
                        List.of("key.pem may be read by others: chmod 600"));

        assertThat(run((_, _) -> warned).out()).contains("warning", "chmod 600");
    }

    @Test
    void key_is_compared_with_the_certificate_that_goes_with_it() {
        run(
                (_, expected) -> {
                    assertThat(expected).contains(delegate.getPublic());
                    return facts(delegate);
                },
                "--issuer",
                "alpha");
    }

    @Test
    void an_unknown_issuer_is_wrong_usage() {
        CommandRun run = run((_, _) -> facts(delegate), "--issuer", "gamma");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("no issuer is named gamma; there are: alpha, beta");
    }

    @Test
    void a_refused_configuration_is_printed_with_its_lines() throws IOException {
        Files.writeString(file(), "store: {}\n");

        CommandRun run = run((_, _) -> facts(delegate));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(file() + ":1:8: store.directory: is missing");
    }

    private static KeyReport facts(KeyPair keys) {
        return new KeyReport(
                "EC P-256",
                SignatureScheme.ECDSA_P256_SHA256,
                "AmazonCorrettoCryptoProvider 2.5.0",
                "PEM key.pem",
                HashAlgorithm.SHA256.hash(spki(keys)),
                HashAlgorithm.SHA1.hash(spki(keys)),
                List.of());
    }

    private static ByteString spki(KeyPair keys) {
        return ByteString.of(keys.getPublic().getEncoded());
    }

    private Path file() {
        return folder.resolve("precert-ocsp.yaml");
    }

    private CommandRun run(KeyCommand.KeyInspector keys, String... more) {
        String[] arguments = new String[4 + more.length];
        arguments[0] = "key";
        arguments[1] = "inspect";
        arguments[2] = "-c";
        arguments[3] = file().toString();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return CommandRun.of(PrecertOcspCommand.of(KeyCommand.of(keys)), arguments);
    }
}
