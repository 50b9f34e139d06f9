package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.precertocsp.TestCa;
import org.precertocsp.responder.intake.ctlog.TestLog;
import org.precertocsp.responder.intake.ctlog.TestLogServer;
import org.precertocsp.responder.intake.ctlog.TestLogServer.Api;
import org.precertocsp.responder.rocksdb.StoreDump;

/// `load ct-log` as built, over a log of which one entry in a hundred is a precertificate of ours:
/// undisturbed, killed at random points, and what `openssl ocsp` is then told.
final class CtLogDrill {
    private static final int AT_ONCE = 16;
    private static final String STORE = "store";

    private final TestIssuer issuer;
    private final TestLog log = new TestLog(TestCa.p256());
    private final List<BigInteger> serials = new ArrayList<>();
    private final Random random;

    /// @param directory empty
    /// @param entries of the log
    /// @param seed of the serials and the points of the kills
    CtLogDrill(Path directory, int entries, long seed) throws IOException {
        this.issuer = new TestIssuer(directory);
        this.random = new Random(seed);
        KeyPair subject = TestCa.p256();
        TestCa signer = issuer.ca.precertificateSigner("Test Precertificate Signing");
        for (int i = 0; i < entries / 100; i++) {
            BigInteger serial = new BigInteger(120, random).setBit(121);
            log.addStrangers(99);
            log.addPrecertificate(issuer.ca, i % 5 == 0 ? signer : issuer.ca, serial, subject);
            serials.add(serial);
        }
    }

    TestIssuer issuer() {
        return issuer;
    }

    TestLog log() {
        return log;
    }

    /// @param undisturbed how long a load took, the start of the program included
    /// @param killed of all attempts, those that were killed before they had ended
    record Outcome(int entries, int serials, Duration undisturbed, int killed) {}

    /// @throws AssertionError the stores differ, or not exactly our serials are good
    Outcome run(Api api, int kills) throws Exception {
        try (TestLogServer server = new TestLogServer(api, log, Instant.now())) {
            int before = server.requests();
            long began = System.nanoTime();
            assertThat(start(server).waitFor()).isZero();
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            int requests = server.requests() - before;
            List<String> undisturbed = StoreDump.of(store());
            Files.move(store(), store().resolveSibling("undisturbed-" + api));

            int killed = 0;
            for (int kill = 0; kill < kills; kill++) {
                int after = point(kill, kills, requests);
                killed += killAfter(after, server) ? 1 : 0;
            }
            assertThat(start(server).waitFor()).isZero();

            assertThat(StoreDump.of(store())).isEqualTo(undisturbed);
            try (Distribution.Server _ = issuer.serve()) {
                assertExactlyOursAreGood();
            }
            Files.move(store(), store().resolveSibling("killed-" + api));
            return new Outcome(log.size(), serials.size(), took, killed);
        }
    }

    /// A number of requests at which to kill. A load stores 65,536 entries at once: half of the
    /// kills fall before that, one after it, and the rest into what is then left of 100,000.
    private int point(int kill, int kills, int requests) {
        if (kill < (kills + 1) / 2) {
            return 1 + random.nextInt(Math.max(1, requests * 6 / 10));
        }
        if (kill == (kills + 1) / 2) {
            return requests * 3 / 4 + random.nextInt(Math.max(1, requests / 5));
        }
        return 1 + random.nextInt(Math.max(1, requests / 5));
    }

    private Path store() {
        return issuer.directory.resolve(STORE);
    }

    private boolean killAfter(int requests, TestLogServer server) throws Exception {
        int before = server.requests();
        Process process = start(server);
        while (process.isAlive() && server.requests() - before < requests) {
            Thread.sleep(1);
        }
        boolean running = process.isAlive();
        process.destroyForcibly().waitFor();
        return running;
    }

    private Process start(TestLogServer server) throws IOException {
        issuer.configuration();
        List<String> words =
                List.of(
                        Path.of("target/precert-ocsp/bin/precert-ocsp").toAbsolutePath().toString(),
                        "load",
                        "ct-log",
                        "-c",
                        "precert-ocsp.yaml",
                        "--log",
                        server.url().toString(),
                        "--key",
                        TestLog.base64(log.keys().getPublic().getEncoded()));
        return new ProcessBuilder(words)
                .directory(issuer.directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(issuer.directory.resolve("load.out").toFile())
                .start();
    }

    private void assertExactlyOursAreGood() {
        for (int from = 0; from < serials.size(); from += AT_ONCE) {
            List<BigInteger> some = serials.subList(from, Math.min(from + AT_ONCE, serials.size()));
            String answer = ask(some);
            assertThat(answer).contains("Response verify OK");
            for (BigInteger serial : some) {
                assertThat(answer)
                        .contains("0x" + serial.toString(16).toUpperCase(Locale.ROOT) + ": good");
            }
        }
        BigInteger stranger = serials.getFirst().add(BigInteger.ONE);
        assertThat(ask(List.of(stranger))).contains("unauthorized").doesNotContain("good");
    }

    private String ask(List<BigInteger> some) {
        List<String> words = new ArrayList<>(List.of("-no_nonce"));
        for (BigInteger serial : some) {
            words.add("-serial");
            words.add("0x" + serial.toString(16).toUpperCase(Locale.ROOT));
        }
        return new OpenSsl(issuer.directory).ask(issuer.url(), words.toArray(String[]::new));
    }
}
