package org.precertocsp.responder.intake.ctlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.Dossier;
import org.precertocsp.responder.status.SerialKey;

/// Kills a real process with SIGKILL while it follows a log.
final class LogCrashTest {
    private static final int KILLS = 5;
    private static final int OURS = 100;
    private static final KeyPair SUBJECT = TestCa.p256();
    private static final TestCa CA = TestCa.root("Followed CA");

    @TempDir private Path directory = Path.of("");

    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    @Requirement("CT-08")
    void killed_at_any_point_it_neither_skips_nor_repeats(TestLogServer.Api api) throws Exception {
        TestLog log = new TestLog(TestCa.p256());
        for (int i = 0; i < OURS; i++) {
            log.addStrangers(149);
            log.addPrecertificate(CA, CA, serial(i), SUBJECT);
        }
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (TestLogServer server = new TestLogServer(api, log, Instant.now())) {
            server.page(256);
            for (int kill = 0; kill < KILLS; kill++) {
                killAfter(server, log, 1 + random.nextInt(40));
            }
            Process last = start(server, log);
            assertThat(last.waitFor()).as("seed %d", seed).isZero();
        }
        try (RocksStores store = RocksStores.open(new RocksConfig(directory, 8 << 20))) {
            for (int i = 0; i < OURS; i++) {
                Dossier dossier =
                        store.dossier(new SerialKey(CA.certificate().key(), Serial.of(serial(i))));
                assertThat(dossier.evidence()).as("serial %d, seed %d", i, seed).hasSize(1);
                assertThat(dossier.history()).as("serial %d, seed %d", i, seed).hasSize(1);
            }
        }
    }

    private static BigInteger serial(int number) {
        return BigInteger.valueOf(number + 1L).shiftLeft(64);
    }

    private void killAfter(TestLogServer server, TestLog log, int requests)
            throws IOException, InterruptedException {
        int before = server.requests();
        Process process = start(server, log);
        while (process.isAlive() && server.requests() - before < requests) {
            Thread.sleep(1);
        }
        process.destroyForcibly().waitFor();
    }

    private Process start(TestLogServer server, TestLog log) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FollowingProcess.class.getName(),
                        directory.toString(),
                        server.url().toString(),
                        TestLog.base64(log.keys().getPublic().getEncoded()),
                        TestLog.base64(CA.der().toArray()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
