package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.certificate.LoggedCertificateVerifier;
import org.precertocsp.responder.intake.certificate.PrecertificateSigningCertificates;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.SerialKey;

/// A CA, its store, and followers that read logs into it.
public final class LogFollowerFixture implements AutoCloseable {
    public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    public static final KeyPair SUBJECT = TestCa.p256();
    public static final TestCa CA = TestCa.root("Followed CA");
    public static final TestCa SIGNER = CA.precertificateSigner("Followed Precertificate Signer");
    public static final TestCa STRANGER = TestCa.root("Some other CA");
    public static final ConfiguredIssuer.Directory ISSUERS =
            new ConfiguredIssuer.Directory(
                    List.of(
                            new ConfiguredIssuer(
                                    "ours", List.of(CA.certificate()), IssuerProfile.PRIVATE)));

    private static final LogClientConfig LIMITS =
            new LogClientConfig(
                    4,
                    Duration.ofSeconds(20),
                    4,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    16 << 20);

    public final FakeClock clock = new FakeClock(NOW);
    public final InMemoryStatusStore store = new InMemoryStatusStore();
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    /// Strangers, and ours among them: by the CA, by its signer, and a certificate.
    public static TestLog log(KeyPair keys, int strangers) {
        TestLog log = new TestLog(keys);
        log.addStrangers(strangers / 2);
        log.addPrecertificate(CA, CA, serial(1), SUBJECT);
        log.addCertificate(STRANGER, STRANGER.issue(serial(77), SUBJECT, _ -> {}));
        log.addStrangers(strangers / 3);
        log.addPrecertificate(CA, SIGNER, serial(2), SUBJECT);
        log.addCertificate(CA, CA.issue(serial(3), SUBJECT, _ -> {}));
        log.addStrangers(strangers - strangers / 2 - strangers / 3);
        return log;
    }

    public static BigInteger serial(long number) {
        return BigInteger.valueOf(number).shiftLeft(64);
    }

    public static SerialKey key(long number) {
        return new SerialKey(CA.certificate().key(), Serial.of(serial(number)));
    }

    public TestLogServer serve(TestLogServer.Api api, TestLog log) {
        TestLogServer server = new TestLogServer(api, log, NOW);
        open.add(server);
        return server;
    }

    /// @param alertOnly issuers of whose serials a log assigns none
    public LogFollower.Tools tools(int entriesAtOnce, Set<IssuerKey> alertOnly) {
        return tools(new FollowerLimits(entriesAtOnce, 1_000, Duration.ofHours(26)), alertOnly);
    }

    /// To whom no head is too old.
    LogFollower.Tools patient(Set<IssuerKey> alertOnly) {
        return tools(new FollowerLimits(500, 1_000, Duration.ofDays(10_000)), alertOnly);
    }

    private LogFollower.Tools tools(FollowerLimits limits, Set<IssuerKey> alertOnly) {
        LoggedCertificateVerifier certificates =
                new LoggedCertificateVerifier(PrecertificateSigningCertificates.none(ISSUERS));
        return new LogFollower.Tools(
                IssuerFilter.of(ISSUERS),
                new LogEntryLoader(store, certificates, alertOnly, clock),
                limits,
                LIMITS.inFlight(),
                clock);
    }

    LogFollower follower(TestLogServer server, KeyPair keys, int entriesAtOnce)
            throws InvalidLogKeyException, LogUnavailableException, InterruptedException {
        return follower(server, keys, tools(entriesAtOnce, Set.of()));
    }

    LogFollower follower(TestLogServer server, KeyPair keys, LogFollower.Tools tools)
            throws InvalidLogKeyException, LogUnavailableException, InterruptedException {
        LogHttpClient http = new LogHttpClient(LIMITS, clock, pauses::add, "test");
        open.add(http);
        return new LogFollower(address(server, keys).open(http), tools);
    }

    public static LogAddress address(TestLogServer server, KeyPair keys)
            throws InvalidLogKeyException {
        LogPublicKey key = LogPublicKey.of(ByteString.of(keys.getPublic().getEncoded()));
        return new LogAddress("test log", server.url(), key, Optional.empty());
    }

    LoadSummary follow(TestLogServer server, TestLog log) throws Exception {
        LogFollower follower = follower(server, log.keys(), 500);
        follower.catchUp(OptionalLong.empty(), FollowerProgress.SILENT);
        return follower.summary(Optional.empty());
    }

    LogIntegrityException alert(TestLogServer server, TestLog log) throws Exception {
        LogFollower follower = follower(server, log.keys(), 500);
        LogIntegrityException alert =
                catchThrowableOfType(
                        LogIntegrityException.class,
                        () -> follower.catchUp(OptionalLong.empty(), FollowerProgress.SILENT));
        assertThat(alert).as("an alert").isNotNull();
        assertThat(alert).hasMessageStartingWith("test log: ");
        return alert;
    }

    public List<CtObservation> sightings() {
        List<CtObservation> sightings = new ArrayList<>();
        store.sightings(CA.certificate().key(), sightings::add);
        return sightings;
    }

    public void assertNothingChanged() {
        assertThat(sightings()).isEmpty();
        assertThat(store.find(key(1))).isEmpty();
        assertThat(store.find(key(2))).isEmpty();
        assertThat(store.find(key(3))).isEmpty();
    }

    @Override
    public void close() {
        for (AutoCloseable one : open.reversed()) {
            try {
                one.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        open.clear();
    }
}
