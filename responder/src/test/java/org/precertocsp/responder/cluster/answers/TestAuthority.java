package org.precertocsp.responder.cluster.answers;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.admin.AuthorityApi;
import org.precertocsp.responder.admin.TestClientCa;
import org.precertocsp.responder.admin.TlsConfigException;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerConfig;
import org.precertocsp.responder.answer.AnswerContext;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SignerUnavailableException;

/// An authority with its API on some port: it signs with the CA's key, and counts.
final class TestAuthority implements AutoCloseable {
    static final TestCa CA = TestCa.root("Answers");

    /// Called before each signature.
    interface BeforeSigning {
        void run() throws SignerUnavailableException;
    }

    final InMemoryStatusStore store = new InMemoryStatusStore();
    final AtomicInteger signatures = new AtomicInteger();
    final AtomicLong sequence = new AtomicLong(1);
    volatile BeforeSigning beforeSigning = () -> {};
    final AuthorityAnswers answers;
    private final AuthorityApi api;

    TestAuthority(Path folder, TestClientCa clients) throws IOException, TlsConfigException {
        this(folder, clients, new AuthorityAnswers.Limits(4, 2_048));
    }

    TestAuthority(Path folder, TestClientCa clients, AuthorityAnswers.Limits limits)
            throws IOException, TlsConfigException {
        ResponseSigner signer = signer(folder);
        ServedIssuer issuer =
                new ServedIssuer(
                        CA.certificate().key(),
                        IssuerProfile.TLS,
                        Duration.ofDays(2),
                        content -> {
                            beforeSigning.run();
                            signatures.incrementAndGet();
                            return signer.sign(content);
                        },
                        PresignMode.NONE);
        IssuerDirectory issuers = new IssuerDirectory(List.of(issuer));
        AnswerConfig config =
                new AnswerConfig(
                        AnswerConfig.Nonces.IGNORE,
                        AnswerConfig.Unassigned.UNAUTHORIZED,
                        Duration.ofSeconds(5),
                        1 << 20);
        AnswerService service =
                new AnswerService(
                        new AnswerContext(
                                issuers,
                                store,
                                store.epochs(),
                                config,
                                new MonotonicClock(InstantSource.system())),
                        new AnswerCache<>(1 << 20, served -> served, _ -> 0),
                        ResponseStore.NONE,
                        Duration.ofSeconds(10),
                        AnswerEvents.NONE);
        this.answers =
                new AuthorityAnswers(
                        service, issuers, store, sequence::get, limits, InstantSource.system());
        this.api = AuthorityApi.start(folder, clients, answers);
    }

    /// Signs with the CA's own key.
    static ResponseSigner signer(Path folder) {
        return new BouncyCastleSigner(
                new ResponderCredential(
                        List.of(CA.certificate()),
                        Optional.empty(),
                        CA.signingKey(folder),
                        IssuerProfile.TLS));
    }

    static SerialKey serial(long number) {
        return new SerialKey(CA.certificate().key(), Serial.of(BigInteger.valueOf(number)));
    }

    static CertId certId(long serial) {
        return CA.certificate()
                .key()
                .certId(
                        HashAlgorithm.SHA1,
                        DigestParameters.NULL,
                        Serial.of(BigInteger.valueOf(serial)));
    }

    static void assign(InMemoryStatusStore store, long first, long last) {
        apply(
                store,
                LongStream.rangeClosed(first, last)
                        .mapToObj(it -> TestChanges.precertificate(serial(it)))
                        .toList());
    }

    static void revoke(InMemoryStatusStore store, long serial) {
        apply(store, List.of(TestChanges.revoked(serial(serial), RevocationReason.SUPERSEDED)));
    }

    static void apply(InMemoryStatusStore store, List<StatusChange> changes) {
        try (ChangeSet set = store.begin(TestChanges.source("test"))) {
            set.applyAll(changes);
            set.commit();
        }
    }

    URI address() {
        return api.address();
    }

    @Override
    public void close() {
        answers.close();
        api.close();
        store.close();
    }
}
