package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.ctlog.TestLog;
import org.precertocsp.responder.ctlog.TestLogServer;
import org.precertocsp.responder.ctlog.TestLogServer.Api;
import org.precertocsp.responder.ctlog.TestLogServer.Fault;

/// The program as built and Certificate Transparency logs of both kinds.
final class CtLogIT {
    private static final BigInteger SERIAL = BigInteger.ONE.shiftLeft(80);

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource
    @Requirement({"CT-03", "CT-04", "CT-08", "CT-17", "SS-01"})
    void exactly_our_serials_become_good_and_kills_change_nothing(Api api) throws Exception {
        CtLogDrill.Outcome outcome =
                new CtLogDrill(directory, 2_500, System.nanoTime()).run(api, 1);

        assertThat(outcome.serials()).isEqualTo(25);
        assertThat(outcome.hits()).isEqualTo(1);
    }

    @Test
    @Requirement({"CT-08", "CT-20"})
    void server_follows_logs_and_a_wrong_one_harms_nothing() throws Exception {
        TestIssuer issuer = new TestIssuer(directory);
        TestLog wrong = log(issuer, SERIAL);
        TestLog right = log(issuer, SERIAL.setBit(1));
        try (TestLogServer one = new TestLogServer(Api.RFC6962, wrong, Instant.now());
                TestLogServer two = new TestLogServer(Api.STATIC, right, Instant.now())) {
            one.fail(Fault.TAMPERED_ENTRY);
            issuer.useWatch(
                    "{poll: 1s, grace: 0s, logs: [%s, %s]}"
                            .formatted(watched("wrong", one, wrong), watched("right", two, right)));
            try (Distribution.Server server = issuer.serve()) {
                await(() -> ask(issuer, SERIAL.setBit(1)).contains(": good"));
                right.addPrecertificate(issuer.ca, issuer.ca, SERIAL.setBit(2), TestCa.p256());
                two.serve(right, right.size());
                await(() -> ask(issuer, SERIAL.setBit(2)).contains(": good"));
                await(() -> metrics(issuer).contains(stopped("wrong")));

                assertThat(ask(issuer, SERIAL)).contains("unauthorized");
                assertThat(metrics(issuer))
                        .contains("precertocsp_log_place{log=\"right\"} 302.0")
                        .contains("precertocsp_never_fed{issuer=\"test\"} 2.0");
                assertThat(get(issuer, "/readyz")).contains("200");
                assertThat(Files.readString(server.log()))
                        .contains("LOG_UNTRUSTED wrong: TAMPERED")
                        .contains("PRECERTIFICATE_NEVER_FED test " + Serial.of(SERIAL.setBit(1)));
                long began = System.nanoTime();
                assertThat(server.terminate()).isZero();
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(soon());
            }
        }
    }

    private static TestLog log(TestIssuer issuer, BigInteger serial) {
        TestLog log = new TestLog(TestCa.p256());
        log.addStrangers(300);
        log.addPrecertificate(issuer.ca, issuer.ca, serial, TestCa.p256());
        return log;
    }

    private static String watched(String name, TestLogServer server, TestLog log) {
        return "{name: %s, url: '%s', key: '%s'}"
                .formatted(name, server.url(), TestLog.base64(log.keys().getPublic().getEncoded()));
    }

    private static String stopped(String log) {
        return "precertocsp_log_state{log=\"%s\",state=\"stopped\"} 1.0".formatted(log);
    }

    private static Duration soon() {
        return Duration.ofSeconds(5);
    }

    private String ask(TestIssuer issuer, BigInteger serial) {
        return new OpenSsl(directory)
                .ask(issuer.url(), "-no_nonce", "-serial", "0x" + serial.toString(16));
    }

    private static String metrics(TestIssuer issuer) throws IOException, InterruptedException {
        return get(issuer, "/metrics");
    }

    /// The status and the body.
    private static String get(TestIssuer issuer, String path)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI at = URI.create("http://127.0.0.1:" + issuer.healthPort + path);
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(at).build(),
                            HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body();
        }
    }
}
