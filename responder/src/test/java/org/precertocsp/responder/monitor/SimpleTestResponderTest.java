package org.precertocsp.responder.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.RequiredTools;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Serial;

/// Responders others wrote, each a process of its own: what `check` finds of them, and no more.
/// What other versions do better may be missing; what is not listed must not be blamed.
final class SimpleTestResponderTest {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);
    private static final FaultyCredentials CREDENTIALS =
            FaultyCredentials.with(ResponderFault.NONE);
    private static final TestCa CA = CREDENTIALS.ca();

    @TempDir Path directory;

    private final BigInteger serial = serialWithPlusInItsRequests();

    @BeforeEach
    void write_what_a_responder_needs() throws Exception {
        TestCa.write(directory.resolve("ca.pem"), CA.holder());
        TestCa.write(directory.resolve("responder.pem"), CREDENTIALS.delegate());
        Files.writeString(
                directory.resolve("responder.key"),
                TestCa.pem("PRIVATE KEY", CREDENTIALS.keys().getPrivate().getEncoded()));
        TestCa.write(directory.resolve("leaf.pem"), CA.issue(serial));
        Files.writeString(
                directory.resolve("index.txt"),
                "V\t360101000000Z\t\t%X\tunknown\t/CN=leaf.example\n".formatted(serial));
    }

    @Test
    void openssl_ignores_critical_extensions_and_refuses_a_second_slash() throws Exception {
        CheckResult judgement = openssl("-nmin", "1440", "-ignore_err");

        assertThat(TestCheckRound.blamed(judgement.results()))
                .as(judgement.toString())
                // It signs by name, sends no field for caches, and takes an empty nonce.
                .contains("fail NO-04", "fail NO-07", "fail HT-04", "warn RP-07", "warn HT-07")
                .isSubsetOf(
                        "fail NO-04",
                        "fail NO-07",
                        "fail HT-04",
                        "warn RP-07",
                        "warn HT-07",
                        "warn HT-14",
                        "warn HT-16",
                        "warn RP-03");
    }

    @Test
    void openssl_that_ends_at_the_first_bad_request_is_blamed_for_going_away() throws Exception {
        CheckResult judgement = openssl();

        assertThat(TestCheckRound.blamed(judgement.results()))
                .as(judgement.toString())
                // Told no interval, it also leaves out nextUpdate.
                .contains("fail SA-18", "fail RP-11")
                .isSubsetOf("fail SA-18", "fail RP-11", "fail HT-04", "warn RP-07", "warn HT-07");
    }

    @Test
    void cfssl_looks_at_the_serial_alone_and_loses_plus_signs() throws Exception {
        RequiredTools.program("cfssl");
        Files.writeString(directory.resolve("responses"), signedByCfssl());
        int port = FreePort.next();

        CheckResult judgement =
                judged(
                        port,
                        List.of(
                                "cfssl",
                                "ocspserve",
                                "-address",
                                "127.0.0.1",
                                "-port",
                                Integer.toString(port),
                                "-responses",
                                "responses",
                                "-loglevel",
                                "4"));

        assertThat(TestCheckRound.blamed(judgement.results()))
                .as(judgement.toString())
                // SHA-256 is answered with SHA-1, so is of no use, and another CA's key with good.
                .contains("fail CI-06", "fail CI-09", "fail NO-07", "fail HT-01", "warn RP-07")
                .isSubsetOf(
                        "fail CI-03",
                        "fail CI-06",
                        "fail CI-09",
                        "fail NO-07",
                        "fail HT-01",
                        "warn RP-07",
                        "warn CI-07",
                        "fail CI-08");
    }

    private String signedByCfssl() throws Exception {
        List<String> words =
                List.of(
                        "cfssl",
                        "ocspsign",
                        "-ca",
                        "ca.pem",
                        "-responder",
                        "responder.pem",
                        "-responder-key",
                        "responder.key",
                        "-cert",
                        "leaf.pem",
                        "-loglevel",
                        "4");
        return SimpleTestResponder.output(directory, words)
                .replaceFirst("(?s).*\"ocspResponse\":\"", "")
                .replaceFirst("(?s)\".*", "");
    }

    private CheckResult openssl(String... more) throws Exception {
        RequiredTools.program("openssl");
        int port = FreePort.next();
        List<String> words =
                new ArrayList<>(List.of("openssl", "ocsp", "-port", Integer.toString(port)));
        words.addAll(List.of("-index", "index.txt", "-CA", "ca.pem"));
        words.addAll(List.of("-rsigner", "responder.pem", "-rkey", "responder.key"));
        words.addAll(List.of(more));
        return judged(port, words);
    }

    private CheckResult judged(int port, List<String> words) throws Exception {
        try (SimpleTestResponder responder = SimpleTestResponder.start(directory, words, port)) {
            return TestCheckRound.of(
                    TestCheckRound.precertificate(CA, serial, responder.url()),
                    LONGEST_ANSWER,
                    TestCheckRound.PATIENT);
        }
    }

    /// Whether a GET is answered must not hang on the luck of a hash.
    private static BigInteger serialWithPlusInItsRequests() {
        BigInteger serial = new BigInteger("66bddc7e92aed195a1d4da7d", 16);
        while (!hasPlus(HashAlgorithm.SHA1, DigestParameters.NULL, serial)
                || !hasPlus(HashAlgorithm.SHA256, DigestParameters.ABSENT, serial)) {
            serial = serial.add(BigInteger.ONE);
        }
        return serial;
    }

    private static boolean hasPlus(
            HashAlgorithm hash, DigestParameters parameters, BigInteger serial) {
        byte[] request =
                CheckRequest.plain(
                                CA.certificate().key().certId(hash, parameters, Serial.of(serial)))
                        .der()
                        .toArray();
        return Base64.getEncoder().encodeToString(request).contains("+");
    }
}
