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
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.precertocsp.TestCa;
import org.precertocsp.responder.ctlog.FollowerLimits;
import org.precertocsp.responder.ctlog.TestLog;
import org.precertocsp.responder.ctlog.TestLogServer;
import org.precertocsp.responder.ctlog.TestLogServer.Api;
import org.precertocsp.responder.store.StoreDump;

/// `load ct-log` as built, over a log of which one entry in a hundred is a precertificate of ours:
/// undisturbed, killed at random points, and what `openssl ocsp` is then told.
///
/// A kill counts only if it hit: the process had read the log's head and was ended by the signal. A
/// store that was killed in is read to the end and compared before a fresh one is begun, which is
/// whenever the next kill is to fall earlier than the last one did, or a kill came too late.
final class CtLogDrill {
    private static final int AT_ONCE = 16;
    private static final int SIGKILLED = 128 + 9;
    private static final int MOST_TRIES = 10;
    private static final int STRETCH = FollowerLimits.USUAL.entriesAtOnce();
    private static final String STORE = "store";

    private final TestIssuer issuer;
    private final TestLog log = new TestLog(TestCa.p256());
    private final List<BigInteger> serials = new ArrayList<>();
    private final Random random;

    /// In the order a load comes to them.
    enum Moment {
        /// The head is read, the first entries are asked for.
        HEAD,
        /// Entries of the first stretch are read; nothing is stored yet.
        FIRST_STRETCH,
        /// The first stretch is being proven and stored.
        COMMIT,
        /// The first stretch is stored, the second is being read.
        SECOND_STRETCH,
        /// The last entries are read, proven and stored.
        END
    }

    /// @param asked the last entry that a page or tile was asked for from
    /// @param after the start of the program
    record Kill(Moment moment, long asked, Duration after, boolean hit) {}

    /// @param undisturbed how long a load took, the start of the program included
    record Outcome(int entries, int serials, Duration undisturbed, List<Kill> kills, int stores) {
        long hits() {
            return kills.stream().filter(Kill::hit).count();
        }
    }

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

    /// @param hits kills that must hit
    /// @throws AssertionError the stores differ, or not exactly our serials are good
    Outcome run(Api api, int hits) throws Exception {
        try (TestLogServer server = new TestLogServer(api, log, Instant.now())) {
            LoadClock clock = new LoadClock(server, _ -> false);
            long began = System.nanoTime();
            assertThat(start(server).waitFor()).isZero();
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            long tail = System.nanoTime() - clock.lastEntriesNanos();
            List<String> undisturbed = StoreDump.of(store());
            setAside("undisturbed-" + api);

            Killing killing = new Killing(server, tail, undisturbed);
            killing.until(hits);
            try (Distribution.Server _ = issuer.serve(environment())) {
                assertExactlyOursAreGood();
            }
            setAside("killed-" + api);
            return new Outcome(log.size(), serials.size(), took, killing.kills, killing.stores);
        }
    }

    /// One log, killed again and again.
    private final class Killing {
        private final TestLogServer server;
        private final long tail;
        private final List<String> undisturbed;
        private final List<Kill> kills = new ArrayList<>();
        private int stores;

        /// @param tail nanoseconds from the last request for entries to the end of the program
        Killing(TestLogServer server, long tail, List<String> undisturbed) {
            this.server = server;
            this.tail = tail;
            this.undisturbed = undisturbed;
        }

        /// Leaves a store behind that is read to the end.
        void until(int hits) throws Exception {
            List<Moment> moments = moments();
            int next = random.nextInt(hits < moments.size() ? moments.size() : 1);
            int tries = 0;
            for (int hit = 0; hit < hits; tries++) {
                assertThat(tries).as("tries to hit").isLessThan(hits * MOST_TRIES);
                Moment moment = moments.get(next % moments.size());
                Kill kill = kill(moment);
                kills.add(kill);
                if (kill.hit()) {
                    hit++;
                    next++;
                }
                if (hit == hits || !kill.hit() || next % moments.size() == 0) {
                    finish();
                    if (hit < hits) {
                        setAside("store-%s".formatted(tries));
                    }
                }
            }
        }

        private void finish() throws Exception {
            assertThat(start(server).waitFor()).isZero();
            assertThat(StoreDump.of(store())).isEqualTo(undisturbed);
            stores++;
        }

        private Kill kill(Moment moment) throws Exception {
            long began = System.nanoTime();
            LoadClock clock = new LoadClock(server, awaited(moment));
            Process process = start(server);
            while (process.isAlive() && !clock.come().await(1, TimeUnit.MILLISECONDS)) {
                // Whichever is first.
            }
            TimeUnit.NANOSECONDS.sleep(delay(moment));
            boolean pastHead = clock.isPastHead();
            process.destroyForcibly();
            boolean killed = process.waitFor() == SIGKILLED;
            return new Kill(
                    moment,
                    clock.asked(),
                    Duration.ofNanos(System.nanoTime() - began),
                    killed && pastHead);
        }

        private Predicate<LoadClock> awaited(Moment moment) {
            long point = random.nextInt(Math.min(log.size(), STRETCH));
            return switch (moment) {
                case HEAD -> LoadClock::isPastHead;
                case FIRST_STRETCH -> clock -> clock.asked() > point - 1_000;
                case COMMIT -> clock -> clock.proofsOfEntries() > 0;
                case SECOND_STRETCH -> {
                    int second = STRETCH + random.nextInt(log.size() - STRETCH);
                    yield clock -> clock.asked() > second - 1_000;
                }
                case END -> clock -> clock.asked() >= log.size() - 1_000;
            };
        }

        /// Nanoseconds: some of the way to whatever happens next.
        private long delay(Moment moment) {
            long most =
                    switch (moment) {
                        case HEAD, FIRST_STRETCH, SECOND_STRETCH -> 20_000_000;
                        case COMMIT -> 100_000_000;
                        case END -> tail;
                    };
            return random.nextLong(most);
        }
    }

    private List<Moment> moments() {
        return log.size() > STRETCH
                ? List.of(Moment.values())
                : List.of(Moment.HEAD, Moment.FIRST_STRETCH, Moment.END);
    }

    private Map<String, String> environment() {
        return log.size() > STRETCH ? Map.of() : Distribution.BRIEF;
    }

    /// With the audit log: one without the other is an incident.
    private void setAside(String name) throws IOException {
        Files.move(store(), store().resolveSibling(name));
        Files.move(store().resolveSibling("audit"), store().resolveSibling(name + "-audit"));
    }

    private Path store() {
        return issuer.directory.resolve(STORE);
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
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putAll(environment());
        return builder.directory(issuer.directory.toFile())
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
