package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.config.ConfigReader;

/// Real CRLs, certificates and precertificates, fed by the commands and asked about over HTTP, row
/// by row. Their issuers' keys are not ours, so a locally trusted signer answers (RFC 6960
/// §4.2.2.2), at a fixed time.
@EnabledIfEnvironmentVariable(named = "PRECERT_OCSP_VECTORS", matches = ".+")
final class CrlTruthTest {
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));

    @TempDir Path directory;

    static Stream<TruthGroup> groups() throws IOException {
        Map<String, List<CrlTruthRow>> byCrl =
                CrlTruthRow.read(vectors().resolve("truth/expected_status.csv")).stream()
                        .collect(
                                Collectors.groupingBy(
                                        CrlTruthRow::crl, LinkedHashMap::new, Collectors.toList()));
        return byCrl.entrySet().stream().map(it -> new TruthGroup(it.getKey(), it.getValue()));
    }

    /// All rows of one CRL.
    record TruthGroup(String crl, List<CrlTruthRow> rows) {
        @Override
        public String toString() {
            return crl;
        }
    }

    @ParameterizedTest
    @MethodSource("groups")
    @Requirement({"SS-01", "SS-09", "SA-01", "CR-21"})
    void what_the_crl_says_is_what_the_responder_says(TruthGroup group) throws Exception {
        KeyPair signer = TestCa.p256();
        configure(signer, group.rows().getFirst().issuer());

        assertThat(load("certificates", certificates(group))).isZero();
        assertThat(load("crl", List.of(vectors().resolve(group.crl()).toString()))).isZero();

        try (RunningServer running =
                new Wiring(CLOCK).launcher().start(ConfigReader.read(file()))) {
            OcspClient client = new OcspClient(running.addresses().getFirst(), signer.getPublic());
            for (CrlTruthRow row : group.rows()) {
                assertThat(client.ask(vectors().resolve(row.issuer()), row.serial()))
                        .as(row.toString())
                        .isEqualTo(row.expected());
            }
        }
    }

    private List<String> certificates(TruthGroup group) {
        return group.rows().stream()
                .map(row -> vectors().resolve(row.certificate()).toString())
                .toList();
    }

    private void configure(KeyPair signer, String issuer) throws IOException {
        TestCa local = TestCa.root("Local Trust");
        TestCa.write(directory.resolve("signer.pem"), local.delegate(signer));
        Files.writeString(
                directory.resolve("signer.key"),
                TestCa.pem("PRIVATE KEY", signer.getPrivate().getEncoded()));
        Files.writeString(
                file(),
                """
                store: {directory: store}
                http: {listen: ["127.0.0.1:0"]}
                issuers:
                  - name: real
                    certificates: ["%s"]
                    profile: private
                    responder: {certificate: signer.pem, key: {pem: {file: signer.key}}}
                """
                        .formatted(vectors().resolve(issuer)));
    }

    private int load(String kind, List<String> files) {
        String[] arguments = new String[files.size() + 4];
        arguments[0] = "load";
        arguments[1] = kind;
        arguments[2] = "-c";
        arguments[3] = file().toString();
        for (int i = 0; i < files.size(); i++) {
            arguments[i + 4] = files.get(i);
        }
        return Main.commandLine(CLOCK, arguments).execute(arguments);
    }

    private Path file() {
        return directory.resolve("precert-ocsp.yaml");
    }

    private static Path vectors() {
        return Path.of(System.getenv("PRECERT_OCSP_VECTORS"));
    }
}
