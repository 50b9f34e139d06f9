package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.ProviderException;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.SignerUnavailableException.Cause;
import org.precertocsp.signer.key.SignatureScheme;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

/// Which signatures are verified, and what becomes of those that do not verify.
final class SignatureCheckTest {
    private static final TestCa CA = TestCa.root("Signing");
    private static final KeyPair KEYS = TestCa.p256();
    private static final DelegateCertificate DELEGATE =
            DelegateCertificates.of(CA, KEYS).certificate();

    private final AtomicInteger journalled = new AtomicInteger();
    private final FaultyKey key = new FaultyKey();

    @Test
    void every_signature_of_a_token_is_verified() throws Exception {
        ResponseSigner signer = signer();
        for (int i = 0; i < 200; i++) {
            signer.sign(ResponseContents.good(CA));
        }
        key.flipping = true;

        assertInvalid(signer);
        assertThat(journalled).hasValue(200);
        assertThat(key.distrusted).isEqualTo(1);
    }

    @Test
    void key_in_this_process_is_verified_at_first_then_by_samples_and_closely_after_a_failure()
            throws Exception {
        key.hangs = false;
        key.flipping = true;
        ResponseSigner signer = signer();
        for (int i = 0; i < 3; i++) {
            assertInvalid(signer);
        }
        key.flipping = false;
        for (int i = 0; i < 1_000; i++) {
            signer.sign(ResponseContents.good(CA));
        }
        key.flipping = true;

        int given = 0;
        while (isGiven(signer)) {
            given++;
        }
        assertThat(given).isLessThan(SignatureCheck.SAMPLE);
        for (int i = 0; i < SignatureCheck.FIRST; i++) {
            assertInvalid(signer);
        }
    }

    @Test
    void signature_over_octets_the_key_changed_is_not_given_out() {
        key.changing = true;

        assertInvalid(signer());
        assertThat(journalled).hasValue(0);
    }

    static List<Supplier<Throwable>> odd() {
        return List.of(
                () -> new IllegalStateException("a native call threw"),
                () -> new IndexOutOfBoundsException("length"),
                () -> new ProviderException("CKR_DEVICE_REMOVED"),
                () -> new NullPointerException(),
                () -> new UnsatisfiedLinkError("libhsm.so"),
                () -> new AssertionError("in a provider"));
    }

    @ParameterizedTest
    @MethodSource("odd")
    void whatever_a_key_throws_is_a_failed_key(Supplier<Throwable> thrown) {
        key.thrown = Optional.of(thrown);

        assertThatThrownBy(() -> signer().sign(ResponseContents.good(CA)))
                .isInstanceOfSatisfying(
                        SignerUnavailableException.class,
                        e -> assertThat(e.reason()).isEqualTo(Cause.KEY_FAILED));
    }

    private static void assertInvalid(ResponseSigner signer) {
        assertThatThrownBy(() -> signer.sign(ResponseContents.good(CA)))
                .isInstanceOfSatisfying(
                        SignerUnavailableException.class,
                        e -> assertThat(e.reason()).isEqualTo(Cause.SIGNATURE_INVALID));
    }

    private static boolean isGiven(ResponseSigner signer) {
        try {
            signer.sign(ResponseContents.good(CA));
            return true;
        } catch (SignerUnavailableException e) {
            return false;
        }
    }

    private ResponseSigner signer() {
        return new BouncyCastleSigner(
                new ResponderCredential(
                        List.of(CA.certificate()), Optional.of(DELEGATE), key, IssuerProfile.TLS),
                _ -> (_, _, _) -> journalled.incrementAndGet());
    }

    private static final class FaultyKey implements SigningKey {
        private final TestKey inner = TestKey.of(KEYS);
        private boolean hangs = true;
        private boolean flipping;
        private boolean changing;
        private Optional<Supplier<Throwable>> thrown = Optional.empty();
        private int distrusted;

        @Override
        public PublicKey publicKey() {
            return inner.publicKey();
        }

        @Override
        public SignatureScheme scheme() {
            return inner.scheme();
        }

        @Override
        public byte[] sign(byte[] message) throws SigningKeyException {
            if (thrown.isPresent()) {
                switch (thrown.get().get()) {
                    case RuntimeException e -> throw e;
                    case Error e -> throw e;
                    case Throwable e -> throw new SigningKeyException("odd", e);
                }
            }
            if (changing) {
                message[message.length - 1] ^= 1;
            }
            byte[] signature = inner.sign(message);
            if (flipping) {
                signature[signature.length / 2] ^= 1;
            }
            return signature;
        }

        @Override
        public void distrust() {
            distrusted++;
        }

        @Override
        public boolean mayHang() {
            return hangs;
        }

        @Override
        public String description() {
            return "faulty key";
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
