package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.signer.ResponseContents.NOW;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.key.SignatureScheme;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

@Timeout(120)
final class ReloadableSignerTest {
    private static final TestCa CA = TestCa.root("Reloading Root").subordinate("Reloading");
    private static final KeyPair OLD = TestCa.p256();
    private static final KeyPair NEW = TestCa.p256();

    @TempDir Path directory;
    private final AtomicReference<SigningKey> next = new AtomicReference<>();
    private final SlowKey old = new SlowKey(TestKey.of(OLD));
    private Path file;
    private ReloadableSigner signer;

    @BeforeEach
    void the_old_credential_is_in_use() throws Exception {
        old.release();
        file =
                TestCa.write(
                        directory.resolve("ocsp.pem"), DelegateCertificates.of(CA, OLD).holder());
        next.set(old);
        CredentialLoader loader =
                new CredentialLoader(
                        CredentialLoaderTest.source(directory, Optional.of(file)),
                        List.of(CA.certificate()),
                        IssuerProfile.TLS,
                        (_, _) -> next.get(),
                        new TickingClock(NOW));
        signer =
                new ReloadableSigner(
                        loader, CredentialLoaderTest.ready(loader.load()), SigningJournal.NONE);
    }

    @Test
    void a_new_certificate_takes_over_and_the_old_key_is_closed() throws Exception {
        TestKey renewed = renew();

        assertThat(signer.reload()).isInstanceOf(CredentialLoadResult.Ready.class);

        assertThat(keySent(signer.sign(ResponseContents.good(CA))))
                .isEqualTo(NEW.getPublic().getEncoded());
        assertThat(old.isClosed()).isTrue();
        assertThat(renewed.isClosed()).isFalse();
        assertThat(signer.credential().key()).isSameAs(renewed);
    }

    @Test
    void answers_in_flight_finish_with_the_old_key_before_it_is_closed() throws Exception {
        try (ExecutorService callers = Executors.newSingleThreadExecutor()) {
            old.hold();
            Future<SignedResponse> inFlight =
                    callers.submit(() -> signer.sign(ResponseContents.good(CA)));
            old.awaitEntered();
            renew();
            signer.reload();

            assertThat(old.isClosed()).isFalse();
            signer.sign(ResponseContents.good(CA));
            assertThat(old.isClosed()).isFalse();
            old.release();

            assertThat(keySent(inFlight.get())).isEqualTo(OLD.getPublic().getEncoded());
            assertThat(old.isClosed()).isTrue();
        }
    }

    @Test
    void a_failed_reload_keeps_the_old_credential_and_says_why() throws Exception {
        next.set(TestKey.of(NEW));

        CredentialLoadResult load = signer.reload();

        assertThat(load).isInstanceOf(CredentialLoadResult.Refused.class);
        assertThat(load.findings()).extracting(CredentialFinding::rule).containsExactly("RP-06");
        assertThat(signer.credential().key()).isSameAs(old);
        assertThat(signer.sign(ResponseContents.good(CA))).isNotNull();
        assertThat(old.isClosed()).isFalse();
    }

    @Test
    void signatures_never_fail_while_credentials_change() throws Exception {
        try (ExecutorService callers = Executors.newFixedThreadPool(2)) {
            CountDownLatch begun = new CountDownLatch(2);
            AtomicBoolean done = new AtomicBoolean();
            List<Future<?>> signing =
                    List.of(
                            callers.submit(() -> signUntil(done, begun)),
                            callers.submit(() -> signUntil(done, begun)));
            begun.await();
            for (int i = 0; i < 10; i++) {
                renew();
                assertThat(signer.reload()).isInstanceOf(CredentialLoadResult.Ready.class);
            }
            done.set(true);
            for (Future<?> ended : signing) {
                ended.get();
            }
        }
    }

    @Test
    void a_closed_signer_refuses_and_gives_up_every_key() throws Exception {
        signer.close();
        signer.close();

        assertThat(old.isClosed()).isTrue();
        assertThatThrownBy(() -> signer.sign(ResponseContents.good(CA)))
                .isInstanceOf(SignerUnavailableException.class);
        TestKey late = renew();
        signer.reload();
        assertThat(late.isClosed()).isTrue();
    }

    private @Nullable Void signUntil(AtomicBoolean done, CountDownLatch begun)
            throws SignerUnavailableException {
        while (!done.get()) {
            signer.sign(ResponseContents.good(CA));
            begun.countDown();
        }
        return null;
    }

    /// Puts a new certificate in the old one's place, as an operator would.
    private TestKey renew() throws Exception {
        TestKey renewed = TestKey.of(NEW);
        TestCa.write(file, DelegateCertificates.of(CA, NEW).holder());
        next.set(renewed);
        return renewed;
    }

    private static byte[] keySent(SignedResponse response) throws Exception {
        return BouncyCastleSignerTest.parse(response)
                .getCerts()[0]
                .getSubjectPublicKeyInfo()
                .getEncoded();
    }

    /// A key that signs when it is let.
    private static final class SlowKey implements SigningKey {
        private final TestKey key;
        private volatile CountDownLatch entered = new CountDownLatch(1);
        private volatile CountDownLatch gate = new CountDownLatch(1);

        SlowKey(TestKey key) {
            this.key = key;
        }

        void hold() {
            entered = new CountDownLatch(1);
            gate = new CountDownLatch(1);
        }

        void release() {
            gate.countDown();
        }

        void awaitEntered() throws InterruptedException {
            entered.await();
        }

        boolean isClosed() {
            return key.isClosed();
        }

        @Override
        public PublicKey publicKey() {
            return key.publicKey();
        }

        @Override
        public SignatureScheme scheme() {
            return key.scheme();
        }

        @Override
        public byte[] sign(byte[] message) throws SigningKeyException {
            entered.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new SigningKeyException("interrupted", e);
            }
            return key.sign(message);
        }

        @Override
        public String description() {
            return key.description();
        }

        @Override
        public void close() {
            key.close();
        }
    }
}
