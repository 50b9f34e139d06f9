package org.precertocsp.responder.freshness;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.Presign;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.SteadyClock;
import org.precertocsp.responder.answer.TestTemplates;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.Facts;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailable;

/// How long a first response for each of N serials takes, and what it leaves on disk; run by hand
/// with the test class path: `java -cp … RenewalMeasurement DIRECTORY N [THREADS [REQUESTS]]`.
///
/// Serials are 16 random octets. The key is P-256 in Corretto's provider; what is signed are 200
/// octets, not a response: it measures the queue and the key, not the building of DER. With
/// REQUESTS a second so many requests are reported to have been answered, without answering any: it
/// shows how the renewals yield, not what requests cost.
public final class RenewalMeasurement {
    private RenewalMeasurement() {}

    /// @param arguments see above; the directory is empty
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int serials = Integer.parseInt(arguments[1]);
        int threads = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2;
        long requests = arguments.length > 3 ? Long.parseLong(arguments[3]) : 0;
        ServedIssuer issuer =
                new ServedIssuer(
                        Facts.ISSUER,
                        IssuerProfile.TLS,
                        Duration.ofDays(2),
                        signer(TestCa.p256()),
                        Presign.ALL);
        RenewedIssuer renewed =
                new RenewedIssuer("measured", issuer, issuer.signer(), issuer.signer(), threads);
        try (RocksStores store = RocksStores.open(new RocksConfig(directory, 256 << 20))) {
            long began = System.nanoTime();
            load(store, serials);
            System.out.printf("loaded %,d in %.1f s%n", serials, since(began));
            began = System.nanoTime();
            long start = began;
            try (Renewals renewals =
                    Renewals.start(
                            BackgroundTasks.logged(),
                            List.of(renewed),
                            store,
                            store.renewals(),
                            new SteadyClock(InstantSource.system(), System::nanoTime),
                            () -> (long) (since(start) * requests))) {
                watch(renewals, serials);
            }
            double took = since(began);
            System.out.printf(
                    "%,d signed on %d threads in %.1f s: %.1f us each%n",
                    serials, threads, took, took / serials * 1e6);
            System.out.println(store.responseCounts());
            memory();
        }
    }

    private static void load(RocksStores store, int serials) {
        Random random = new Random(1);
        for (int done = 0; done < serials; ) {
            try (ChangeSet set = store.begin(Facts.source("load"))) {
                for (int i = 0; i < 1_000_000 && done < serials; i++, done++) {
                    byte[] serial = new byte[16];
                    random.nextBytes(serial);
                    serial[0] = (byte) ((serial[0] & 0x3f) | 0x40);
                    set.apply(
                            Facts.declared(
                                    new SerialKey(Facts.ISSUER, Serial.ofDerContent(serial)),
                                    Instant.parse("2036-01-01T00:00:00Z")));
                }
                set.commit();
            }
        }
    }

    private static void watch(Renewals renewals, int serials) throws InterruptedException {
        long last = 0;
        long signed;
        while ((signed = renewals.states().getFirst().signed()) < serials) {
            Thread.sleep(1_000);
            System.out.printf("%,d a second, %,d in all%n", signed - last, signed);
            last = signed;
        }
    }

    private static ResponseSigner signer(KeyPair keys) {
        ResponseTemplate template = TestTemplates.template("a credential");
        ThreadLocal<Signature> signatures =
                ThreadLocal.withInitial(() -> signature(keys.getPrivate()));
        return content -> sign(content, signatures.get(), template);
    }

    private static Signature signature(PrivateKey key) {
        try {
            AmazonCorrettoCryptoProvider corretto = AmazonCorrettoCryptoProvider.INSTANCE;
            Signature signature = Signature.getInstance("SHA256withECDSA", corretto);
            PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(key.getEncoded());
            signature.initSign(KeyFactory.getInstance("EC", corretto).generatePrivate(encoded));
            return signature;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SignedResponse sign(
            ResponseContent content, Signature signature, ResponseTemplate template)
            throws SignerUnavailable {
        try {
            signature.update(new byte[200]);
            Octets octets = Octets.of(signature.sign());
            return new SignedResponse(
                    octets,
                    content.window().thisUpdate(),
                    content.window(),
                    Optional.of(new SignedResponse.Essence(template, octets)));
        } catch (SignatureException e) {
            throw new SignerUnavailable(
                    SignerUnavailable.Cause.KEY_FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private static void memory() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            lines.filter(line -> line.startsWith("VmRSS") || line.startsWith("VmHWM"))
                    .forEach(System.out::println);
        }
    }
}
