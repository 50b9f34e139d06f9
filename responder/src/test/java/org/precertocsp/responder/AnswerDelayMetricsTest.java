package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.config.ConfigReader;

/// What a running server says of how soon it can answer.
final class AnswerDelayMetricsTest {
    @TempDir Path directory;

    @Test
    @Requirement("SA-01")
    void precertificate_fed_to_the_server_is_in_its_histogram() throws Exception {
        TestCa ca = TestCa.root("Measured CA");
        int admin = FreePort.next();
        configure(ca, admin);
        Path fed =
                TestCa.write(
                        directory.resolve("fed.pem"),
                        ca.precertificate(BigInteger.ONE.shiftLeft(70)));

        try (RunningServer _ =
                new Wiring(InstantSource.system())
                        .launcher()
                        .start(ConfigReader.read(configuration()))) {
            assertThat(load(fed)).isZero();

            assertThat(metrics(admin).lines())
                    .contains(
                            "precertocsp_first_answer_seconds_count{issuer=\"ours\",basis=\"intake\"}"
                                    + " 1",
                            "precertocsp_first_answer_seconds_count{issuer=\"ours\",basis=\"published\"}"
                                    + " 0")
                    .contains(
                            "precertocsp_first_answer_overdue_total{basis=\"intake\",issuer=\"ours\"}"
                                    + " 0.0");
        }
    }

    private Path configuration() {
        return directory.resolve("precert-ocsp.yaml");
    }

    private void configure(TestCa ca, int admin) throws IOException {
        TestCa.write(directory.resolve("issuer.pem"), ca.holder());
        ca.writeSigner(directory);
        Files.writeString(
                configuration(),
                """
                store: {directory: store}
                spool: {directory: spool, poll: 50ms}
                http: {listen: ["127.0.0.1:0"]}
                admin: {listen: "127.0.0.1:%d"}
                issuers:
                  - name: ours
                    certificates: [issuer.pem]
                    profile: tls
                    responder: {certificate: signer.pem, key: {pem: {file: signer.key}}}
                """
                        .formatted(admin));
    }

    private int load(Path file) {
        return Main.commandLine(InstantSource.system())
                .setOut(new PrintWriter(new StringWriter()))
                .execute("load", "certificates", "-c", configuration().toString(), file.toString());
    }

    private static String metrics(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + port + "/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }
}
