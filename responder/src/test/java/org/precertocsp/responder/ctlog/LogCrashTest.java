package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

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
import org.precertocsp.TestJvm;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.store.StoreDump;

/// Kills a real process with SIGKILL while it follows a log. With `-Dkills=20` it does so as often;
/// `CtLogIT` does it to the program as built.
final class LogCrashTest {
    private static final int KILLS = Integer.getInteger("kills", 1);
    private static final int OURS = 50;
    private static final KeyPair SUBJECT = TestCa.p256();
    private static final TestCa CA = TestCa.root("Followed CA");

    @TempDir private Path directory = Path.of("");

    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    @Requirement("CT-08")
    void killed_at_any_point_it_ends_with_the_same_store(TestLogServer.Api api) throws Exception {
        TestLog log = new TestLog(TestCa.p256());
        for (int i = 0; i < OURS; i++) {
            log.addStrangers(99);
            log.addPrecertificate(CA, CA, serial(i), SUBJECT);
        }
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path killed = directory.resolve("killed");
        Path undisturbed = directory.resolve("undisturbed");
        try (TestLogServer server = new TestLogServer(api, log, Instant.now())) {
            server.page(256);
            for (int kill = 0; kill < KILLS; kill++) {
                killAfter(killed, server, log, 1 + random.nextInt(20));
            }
            LogPublicKey key = LogPublicKey.of(ByteString.of(log.keys().getPublic().getEncoded()));
            LogFollowerProcess.follow(killed, server.url(), key, CA.der());
            LogFollowerProcess.follow(undisturbed, server.url(), key, CA.der());
        }
        assertThat(StoreDump.of(killed))
                .as("seed %d", seed)
                .hasSizeGreaterThan(3 * OURS)
                .isEqualTo(StoreDump.of(undisturbed));
    }

    private static BigInteger serial(int number) {
        return BigInteger.valueOf(number + 1L).shiftLeft(64);
    }

    private static void killAfter(Path store, TestLogServer server, TestLog log, int requests)
            throws IOException, InterruptedException {
        int before = server.requests();
        Process process = start(store, server, log);
        await(() -> !process.isAlive() || server.requests() - before >= requests);
        process.destroyForcibly().waitFor();
    }

    private static Process start(Path store, TestLogServer server, TestLog log) throws IOException {
        return TestJvm.of(
                        LogFollowerProcess.class,
                        store.toString(),
                        server.url().toString(),
                        TestLog.base64(log.keys().getPublic().getEncoded()),
                        TestLog.base64(CA.der().toArray()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
