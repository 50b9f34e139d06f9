package org.precertocsp.responder.audit.journal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.audit.log.Anchor;
import org.precertocsp.responder.audit.log.LogSettings;
import org.precertocsp.responder.audit.seal.SealKey;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SignerUnavailable;
import org.precertocsp.signer.SigningJournal;
import org.precertocsp.signer.SingleAnswer;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.Keys;
import org.precertocsp.signer.key.SigningKey;

/// Signs P-256 answers as fast as it can without and with the journal, in turns of two seconds, and
/// prints how many a second of each, and the median of what the journal cost in a pair of turns.
/// Run by hand with the test class path, pinned: `taskset -c 1 java -cp …
/// org.precertocsp.responder.audit.journal.JournalMeasurement DIRECTORY THREADS ROUNDS`.
///
/// On one processor the thread that writes the journal takes its time from the signing ones, so all
/// of its cost is seen. HTTP is left out, which would make the share smaller.
public final class JournalMeasurement {
    private static final long ROUND_NANOS = 2_000_000_000L;

    private JournalMeasurement() {}

    /// @param arguments an empty directory, how many threads sign, how many turns of each
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        int threads = Integer.parseInt(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        SealKey seal = SealKey.create(directory.resolve("key.pem"));
        try (SigningKey key = key(directory);
                SignatureJournal journal =
                        SignatureJournal.open(
                                carry ->
                                        new LogSettings(
                                                directory.resolve("signatures"),
                                                "measured",
                                                seal,
                                                Anchor.NONE,
                                                64_000_000,
                                                carry,
                                                Alarm.LOGGED,
                                                InstantSource.system(),
                                                Duration.ZERO),
                                AuditTrail.NONE,
                                directory.resolve("pending"))) {
            TestCa ca = TestCa.root("Measured");
            ResponderCredential credential =
                    new ResponderCredential(
                            List.of(ca.certificate()), Optional.empty(), key, IssuerProfile.TLS);
            ResponseSigner off = new BouncyCastleSigner(credential, SigningJournal.NONE);
            ResponseSigner on = new BouncyCastleSigner(credential, journal);
            List<ResponseContent> contents = contents(ca);
            round(off, contents, threads);
            round(on, contents, threads);
            List<Double> shares = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                // Whoever comes second finds a warmer or a busier machine: in turns.
                boolean offFirst = i % 2 == 0;
                double first = round(offFirst ? off : on, contents, threads);
                double second = round(offFirst ? on : off, contents, threads);
                double without = offFirst ? first : second;
                double with = offFirst ? second : first;
                shares.add(100 * (1 - with / without));
                System.out.printf("off %,.0f/s  on %,.0f/s%n", without, with);
            }
            double mean = shares.stream().mapToDouble(it -> it).average().orElseThrow();
            shares.sort(null);
            System.out.printf(
                    "journal costs %.2f %% (median of %d pairs; mean %.2f, %.2f to %.2f)%n",
                    shares.get(shares.size() / 2),
                    rounds,
                    mean,
                    shares.getFirst(),
                    shares.getLast());
        }
    }

    private static SigningKey key(Path directory) throws Exception {
        Path file = directory.resolve("signing.pem");
        Files.writeString(file, TestCa.pem("PRIVATE KEY", TestCa.p256().getPrivate().getEncoded()));
        return Keys.open(
                new KeyConfig(
                        new KeySource.Pem(file, Optional.empty()),
                        KeyConfig.RsaPadding.PKCS1,
                        KeyConfig.RsaHash.SHA256,
                        KeyConfig.ProviderChoice.FASTEST),
                Optional.empty());
    }

    private static List<ResponseContent> contents(TestCa ca) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        List<ResponseContent> contents = new ArrayList<>();
        for (int i = 0; i < 1_024; i++) {
            Serial serial = Serial.ofHex("4b%030x".formatted(i));
            contents.add(
                    new ResponseContent(
                            List.of(
                                    new SingleAnswer(
                                            ca.certificate()
                                                    .key()
                                                    .certId(
                                                            HashAlgorithm.SHA1,
                                                            DigestParameters.ABSENT,
                                                            serial),
                                            new CertStatus.Good())),
                            ValidityWindow.from(now, Duration.ofDays(2)),
                            Optional.empty(),
                            Optional.empty(),
                            now));
        }
        return contents;
    }

    private static double round(ResponseSigner signer, List<ResponseContent> contents, int threads)
            throws InterruptedException {
        LongAdder signed = new LongAdder();
        long start = System.nanoTime();
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            running.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0;
                                                System.nanoTime() - start < ROUND_NANOS;
                                                i++) {
                                            sign(signer, contents.get(i % contents.size()));
                                            signed.increment();
                                        }
                                    }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        return signed.sum() / ((System.nanoTime() - start) / 1e9);
    }

    private static void sign(ResponseSigner signer, ResponseContent content) {
        try {
            signer.sign(content);
        } catch (SignerUnavailable e) {
            throw new IllegalStateException(Map.of("cause", e.reason()).toString(), e);
        }
    }
}
