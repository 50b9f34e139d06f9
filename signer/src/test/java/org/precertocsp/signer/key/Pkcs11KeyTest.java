package org.precertocsp.signer.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.FaultyToken;
import org.precertocsp.Requirement;
import org.precertocsp.SoftHsm;
import org.precertocsp.TestCa;
import org.precertocsp.signer.key.KeyConfig.RsaHash;
import org.precertocsp.signer.key.KeyConfig.RsaPadding;
import org.precertocsp.signer.pkcs11.Pkcs11Library;
import org.precertocsp.signer.pkcs11.Pkcs11Session;
import org.precertocsp.signer.pkcs11.Pkcs11Token;

/// Against real SoftHSM2 tokens, which hold key pairs and never a certificate.
@Requirement({"KP-01", "KP-02"})
final class Pkcs11KeyTest {
    private static final byte[] MESSAGE = "a response".getBytes(StandardCharsets.US_ASCII);

    @TempDir Path directory;

    private final AtomicLong nanos = new AtomicLong();
    private SoftHsm hsm;
    private Path pin;

    @BeforeEach
    void new_hsm() throws IOException {
        hsm = SoftHsm.in(directory.resolve("hsm")).useInThisProcess().withToken("ocsp");
        pin = Files.writeString(directory.resolve("pin"), SoftHsm.PIN + "\n");
    }

    @ParameterizedTest
    @EnumSource(RsaHash.class)
    @Requirement("RP-17")
    void rsa_key_pair_made_on_the_token_signs_pkcs1(RsaHash hash) throws SigningKeyException {
        hsm.withKeyPair("ocsp", "rsa:2048", "responder", "01");

        assertSigns(config(source("ocsp", "responder"), RsaPadding.PKCS1, hash), Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(RsaHash.class)
    @Requirement("RP-17")
    void rsa_key_pair_made_on_the_token_signs_pss(RsaHash hash) throws SigningKeyException {
        hsm.withKeyPair("ocsp", "rsa:2048", "responder", "01");

        assertSigns(config(source("ocsp", "responder"), RsaPadding.PSS, hash), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "EC:prime256v1,ECDSA_P256_SHA256",
        "EC:secp384r1,ECDSA_P384_SHA384",
        "EC:secp521r1,ECDSA_P521_SHA512",
        "EC:edwards25519,ED25519"
    })
    @Requirement("RP-17")
    void ec_key_pair_made_on_the_token_signs(String kind, SignatureScheme scheme)
            throws SigningKeyException {
        hsm.withKeyPair("ocsp", kind, "responder", "01");

        assertThat(assertSigns(config(source("ocsp", "responder")), Optional.empty()))
                .isEqualTo(scheme);
    }

    @Test
    void key_is_found_by_id_among_several() throws SigningKeyException {
        KeyPair second = TestCa.p256();
        hsm.withImported("ocsp", TestCa.p256().getPrivate(), "same", "0a01")
                .withImported("ocsp", second.getPrivate(), "same", "0a02");
        KeySource.Pkcs11 byId =
                new KeySource.Pkcs11(
                        SoftHsm.library(),
                        new KeySource.Token.Label("ocsp"),
                        new KeySource.KeyOnToken.Id("0A:02"),
                        new SecretSource.FromFile(pin));

        try (SigningKey key = PrivateKeys.open(config(byId), Optional.empty())) {
            assertThat(key.publicKey().getEncoded()).isEqualTo(second.getPublic().getEncoded());
        }
        assertThatThrownBy(() -> open(source("ocsp", "same")))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("more than one private key with label 'same'")
                .hasMessageContaining("id 0a01")
                .hasMessageContaining("id 0a02");
    }

    @Test
    void private_key_alone_on_the_token_signs_with_the_certificates_public_key()
            throws SigningKeyException {
        KeyPair keys = TestCa.p256();
        hsm.withImported("ocsp", keys.getPrivate(), "responder", "01")
                .withoutPublicKey("ocsp", "responder");

        assertThatThrownBy(() -> open(source("ocsp", "responder")))
                .hasMessageContaining("name its certificate");
        assertSigns(config(source("ocsp", "responder")), Optional.of(keys.getPublic()));
    }

    @Test
    void certificate_of_another_key_is_refused() {
        hsm.withKeyPair("ocsp", "EC:prime256v1", "responder", "01");

        assertThatThrownBy(
                        () ->
                                PrivateKeys.open(
                                        config(source("ocsp", "responder")),
                                        Optional.of(TestCa.p256().getPublic())))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("do not belong together")
                .hasMessageContaining("the token holds the public key with SHA-256 ");
    }

    @Test
    void wrong_token_label_lists_the_tokens() {
        hsm.withToken("other");

        assertThatThrownBy(() -> open(source("ocps", "responder")))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("no token 'ocps'")
                .hasMessageContaining("'ocsp' in slot ")
                .hasMessageContaining("'other' in slot ");
    }

    @Test
    void wrong_key_label_lists_the_keys() {
        hsm.withKeyPair("ocsp", "EC:prime256v1", "responder", "01");

        assertThatThrownBy(() -> open(source("ocsp", "respnder")))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("no private key with label 'respnder'")
                .hasMessageContaining("'responder' (id 01)");
    }

    @Test
    void wrong_pin_is_told_without_the_pin() throws IOException {
        Files.writeString(pin, "11112222");

        assertThatThrownBy(() -> open(source("ocsp", "responder")))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("rejects the PIN from the secret in file " + pin)
                .hasMessageContaining("CKR_PIN_INCORRECT")
                .hasMessageNotContaining("11112222");
    }

    @Test
    void pin_is_not_tried_where_one_more_error_would_lock_the_token() throws Exception {
        Pkcs11Library cryptoki = Pkcs11Library.use(SoftHsm.library());
        try {
            Pkcs11Token token = cryptoki.tokens().getFirst();
            long finalTry = 0x20000;
            long locked = 0x40000;
            assertThatThrownBy(() -> login(cryptoki, token, finalTry))
                    .isInstanceOf(PinRejectedException.class)
                    .hasMessageContaining("one last try");
            assertThatThrownBy(() -> login(cryptoki, token, locked))
                    .isInstanceOf(PinRejectedException.class)
                    .hasMessageContaining("is locked");
            login(cryptoki, token, 0).close();
        } finally {
            cryptoki.release();
        }
    }

    private Pkcs11Session login(Pkcs11Library cryptoki, Pkcs11Token token, long flags)
            throws Exception {
        Pkcs11Token flagged =
                new Pkcs11Token(
                        token.slot(),
                        token.label(),
                        token.model(),
                        token.serial(),
                        token.flags() | flags);
        return TokenLogin.login(cryptoki, flagged, new SecretSource.FromFile(pin));
    }

    @Test
    void token_is_found_by_slot_number() throws Exception {
        hsm.withToken("other").withKeyPair("other", "EC:prime256v1", "responder", "01");
        Pkcs11Library cryptoki = Pkcs11Library.use(SoftHsm.library());
        long slot =
                cryptoki.tokens().stream()
                        .filter(token -> token.label().equals("other"))
                        .findFirst()
                        .orElseThrow()
                        .slot();
        KeySource.Pkcs11 byLabel = source("other", "responder");
        KeySource.Pkcs11 bySlot =
                new KeySource.Pkcs11(
                        byLabel.library(),
                        new KeySource.Token.Slot(slot),
                        byLabel.key(),
                        byLabel.pin());

        assertSigns(config(bySlot), Optional.empty());
        cryptoki.release();
    }

    @Test
    void missing_library_is_told() {
        KeySource.Pkcs11 source =
                new KeySource.Pkcs11(
                        Path.of("/nowhere/libhsm.so"),
                        new KeySource.Token.Label("ocsp"),
                        new KeySource.KeyOnToken.Label("responder"),
                        new SecretSource.FromFile(pin));

        assertThatThrownBy(() -> open(source)).hasMessageContaining("no PKCS#11 library");
    }

    @Test
    void token_that_vanishes_fails_calls_and_serves_again_when_it_is_back() throws Exception {
        hsm.withKeyPair("ocsp", "rsa:2048", "responder", "01");
        try (SigningKey key = open(source("ocsp", "responder"))) {
            key.sign(MESSAGE);

            hsm.vanish();
            assertThatThrownBy(() -> key.sign(MESSAGE)).isInstanceOf(SigningKeyException.class);
            assertThatThrownBy(() -> key.sign(MESSAGE))
                    .isInstanceOf(SigningKeyException.class)
                    .hasMessageContaining("no token 'ocsp'");

            hsm.comeBack();
            waitBetweenTries();
            assertVerifies(key, key.sign(MESSAGE));
        }
    }

    @Test
    void calls_between_two_tries_fail_at_once_with_the_reason() throws Exception {
        hsm.withKeyPair("ocsp", "rsa:2048", "responder", "01");
        try (SigningKey key = open(source("ocsp", "responder"))) {
            hsm.vanish();
            assertThatThrownBy(() -> key.sign(MESSAGE)).isInstanceOf(SigningKeyException.class);
            assertThatThrownBy(() -> key.sign(MESSAGE)).hasMessageContaining("no token 'ocsp'");

            hsm.comeBack();
            assertThatThrownBy(() -> key.sign(MESSAGE)).hasMessageContaining("no token 'ocsp'");
        }
    }

    @Test
    void pin_refused_after_a_loss_is_tried_again_only_when_it_has_changed() throws Exception {
        FaultyToken counted = counted();
        hsm.withKeyPair("ocsp", "rsa:2048", "responder", "01");
        try (SigningKey key = open(source(counted.library(), "responder"))) {
            hsm.vanish();
            assertThatThrownBy(() -> key.sign(MESSAGE)).isInstanceOf(SigningKeyException.class);
            hsm.comeBack();
            Files.writeString(pin, "11112222");
            for (int i = 0; i < 5; i++) {
                waitBetweenTries();
                assertThatThrownBy(() -> key.sign(MESSAGE)).hasMessageContaining("rejects the PIN");
            }
            assertThat(counted.refusedLogins()).isEqualTo(1);

            Files.writeString(pin, SoftHsm.PIN);
            waitBetweenTries();
            assertVerifies(key, key.sign(MESSAGE));
            assertThat(counted.refusedLogins()).isEqualTo(1);
        }
    }

    @Test
    void wrong_pin_is_tried_once_for_all_keys_of_a_token() throws Exception {
        FaultyToken counted = counted();
        hsm.withToken("second");
        Files.writeString(pin, "11112222");
        for (String key : List.of("one", "two", "three", "one")) {
            assertThatThrownBy(() -> open(source(counted.library(), key)))
                    .hasMessageContaining("rejects the PIN")
                    .hasMessageContaining("CKR_PIN_INCORRECT")
                    .hasMessageContaining("until it changes");
        }
        assertThat(counted.refusedLogins()).isEqualTo(1);

        PrivateKeys.retryRefusedPins();
        for (String key : List.of("one", "two")) {
            assertThatThrownBy(() -> open(source(counted.library(), key)))
                    .hasMessageContaining("rejects the PIN");
        }
        assertThat(counted.refusedLogins()).isEqualTo(2);
    }

    @Test
    void wrong_pin_is_tried_once_by_many_threads() throws Exception {
        FaultyToken counted = counted();
        Files.writeString(pin, "11112222");
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> opening = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                opening.add(() -> opens(source(counted.library(), "responder")));
            }
            for (Future<Boolean> one : threads.invokeAll(opening)) {
                assertThat(one.get()).isFalse();
            }
        }
        assertThat(counted.refusedLogins()).isEqualTo(1);
    }

    @Test
    void key_opened_anew_beside_a_lost_one_finds_the_token_that_came_back() throws Exception {
        hsm.withKeyPair("ocsp", "EC:prime256v1", "responder", "01");
        try (SigningKey lost = open(source("ocsp", "responder"))) {
            hsm.vanish();
            assertThatThrownBy(() -> lost.sign(MESSAGE)).isInstanceOf(SigningKeyException.class);
            assertThatThrownBy(() -> lost.sign(MESSAGE)).isInstanceOf(SigningKeyException.class);
            hsm.comeBack();

            try (SigningKey anew = open(source("ocsp", "responder"))) {
                assertVerifies(anew, anew.sign(MESSAGE));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rsa:2048, EC, the kind RSA, a key of the kind EC P-256",
        "EC:secp384r1, EC, the kind EC P-384, a key of the kind EC P-256",
        "EC:edwards25519, EC, the kind Ed25519, a key of the kind EC P-256",
        "EC:prime256v1, RSA, the kind EC P-256, a key of the kind RSA"
    })
    void key_of_another_kind_than_the_certificates_is_told_by_both_kinds(
            String made, String certified, String kind, String wanted) {
        hsm.withKeyPair("ocsp", made, "responder", "01");
        PublicKey other = (certified.equals("RSA") ? TestCa.rsa(2048) : TestCa.p256()).getPublic();

        assertThatThrownBy(
                        () ->
                                PrivateKeys.open(
                                        config(source("ocsp", "responder")), Optional.of(other)))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("label 'responder' on the token is of " + kind)
                .hasMessageContaining("its certificate is for " + wanted)
                .hasMessageNotContaining("CKR_");
    }

    @Test
    void token_that_comes_back_with_another_key_does_not_sign() throws Exception {
        hsm.withKeyPair("ocsp", "EC:prime256v1", "responder", "01");
        try (SigningKey key = open(source("ocsp", "responder"))) {
            hsm.vanish();
            assertThatThrownBy(() -> key.sign(MESSAGE)).isInstanceOf(SigningKeyException.class);
            hsm.withToken("ocsp").withKeyPair("ocsp", "EC:prime256v1", "responder", "01");

            assertThatThrownBy(() -> key.sign(MESSAGE))
                    .hasMessageContaining("do not belong together");
        }
    }

    @Test
    void many_threads_sign_at_once_and_through_a_loss() throws Exception {
        hsm.withKeyPair("ocsp", "EC:prime256v1", "responder", "01");
        try (SigningKey key = open(source("ocsp", "responder"));
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            assertThat(signMany(key, threads)).isEqualTo(200);
            hsm.vanish();
            assertThat(signMany(key, threads)).isZero();
            hsm.comeBack();
            waitBetweenTries();
            assertThat(signMany(key, threads)).isEqualTo(200);
        }
    }

    @Test
    void restart_of_the_library_for_one_key_does_not_disturb_another() throws Exception {
        hsm.withKeyPair("ocsp", "rsa:2048", "one", "01")
                .withKeyPair("ocsp", "EC:prime256v1", "two", "02");
        try (SigningKey one = open(source("ocsp", "one"));
                SigningKey two = open(source("ocsp", "two"))) {
            hsm.vanish();
            assertThatThrownBy(() -> one.sign(MESSAGE)).isInstanceOf(SigningKeyException.class);
            assertThatThrownBy(() -> two.sign(MESSAGE)).isInstanceOf(SigningKeyException.class);
            hsm.comeBack();
            waitBetweenTries();

            assertVerifies(one, one.sign(MESSAGE));
            assertVerifies(two, two.sign(MESSAGE));
            assertVerifies(one, one.sign(MESSAGE));
        }
    }

    @Test
    void closed_key_does_not_sign() throws Exception {
        hsm.withKeyPair("ocsp", "EC:prime256v1", "responder", "01");
        SigningKey key = open(source("ocsp", "responder"));
        key.close();
        key.close();

        assertThatThrownBy(() -> key.sign(MESSAGE)).hasMessageContaining("is closed");
    }

    @Test
    void report_names_token_mechanism_and_open_pin_file() throws Exception {
        hsm.withKeyPair("ocsp", "EC:prime256v1", "responder", "01");
        Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-r--r--"));

        KeyReport report =
                PrivateKeys.inspect(config(source("ocsp", "responder")), Optional.empty());

        assertThat(report.kind()).isEqualTo("EC P-256");
        assertThat(report.computedBy()).contains("SoftHSM").contains("CKM_ECDSA");
        assertThat(report.source()).contains("token 'ocsp'").contains("label 'responder'");
        assertThat(report.warnings()).singleElement().asString().contains(pin.toString());
    }

    private int signMany(SigningKey key, ExecutorService threads) throws Exception {
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            byte[] message = ("response " + i).getBytes(StandardCharsets.US_ASCII);
            calls.add(() -> signs(key, message));
        }
        int good = 0;
        for (Future<Boolean> call : threads.invokeAll(calls)) {
            good += call.get() ? 1 : 0;
        }
        return good;
    }

    private static boolean signs(SigningKey key, byte[] message) {
        try {
            return SignatureVerification.verifies(
                    key.publicKey(), key.scheme(), message, key.sign(message));
        } catch (SigningKeyException e) {
            return false;
        }
    }

    private SignatureScheme assertSigns(KeyConfig config, Optional<PublicKey> expected)
            throws SigningKeyException {
        try (SigningKey key = PrivateKeys.open(config, expected)) {
            assertVerifies(key, key.sign(MESSAGE));
            return key.scheme();
        }
    }

    private static void assertVerifies(SigningKey key, byte[] signature) {
        assertThat(
                        SignatureVerification.verifies(
                                key.publicKey(), key.scheme(), MESSAGE, signature))
                .isTrue();
    }

    private void waitBetweenTries() {
        nanos.addAndGet(Pkcs11Key.BETWEEN_TRIES.toNanos());
    }

    private SigningKey open(KeySource.Pkcs11 source) throws SigningKeyException {
        return Pkcs11Key.open(source, config(source), Optional.empty(), nanos::get);
    }

    private boolean opens(KeySource.Pkcs11 source) {
        try {
            open(source).close();
            return true;
        } catch (SigningKeyException e) {
            return false;
        }
    }

    private FaultyToken counted() throws IOException {
        return FaultyToken.before(hsm, directory.resolve("counted")).useInThisProcess();
    }

    private KeySource.Pkcs11 source(String token, String key) {
        return source(SoftHsm.library(), token, key);
    }

    private KeySource.Pkcs11 source(Path library, String key) {
        return source(library, "ocsp", key);
    }

    private KeySource.Pkcs11 source(Path library, String token, String key) {
        return new KeySource.Pkcs11(
                library,
                new KeySource.Token.Label(token),
                new KeySource.KeyOnToken.Label(key),
                new SecretSource.FromFile(pin));
    }

    private static KeyConfig config(KeySource source) {
        return config(source, RsaPadding.PKCS1, RsaHash.SHA256);
    }

    private static KeyConfig config(KeySource source, RsaPadding padding, RsaHash hash) {
        return new KeyConfig(source, padding, hash, KeyConfig.ProviderChoice.FASTEST);
    }
}
