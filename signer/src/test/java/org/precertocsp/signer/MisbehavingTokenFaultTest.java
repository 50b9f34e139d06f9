package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.signer.ResponseContents.NOW;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.FaultyToken;
import org.precertocsp.Requirement;
import org.precertocsp.SoftHsm;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.SignerUnavailableException.Cause;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyConfig.RsaPadding;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;
import org.precertocsp.signer.key.SecretSource;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

/// A token that begins to sign badly, or returns signatures in another form than the standard's.
@Requirement({"KP-01", "RP-06"})
final class MisbehavingTokenFaultTest {
    private static final int TIMES = 3 * Integer.getInteger("faults", 1);
    private static final TestCa CA = TestCa.root("Misbehaving");

    /// What the refusal says, by mode.
    private static final Map<String, String> EXPLAINED =
            Map.of(
                    "odd", "C_Sign answered 0x7a57e",
                    "device", "CKR_DEVICE_ERROR (the library gives no cause");

    /// Names a token that holds such a key, "responder", and another, "other".
    enum Kind {
        P256("EC:prime256v1", RsaPadding.PKCS1),
        P384("EC:secp384r1", RsaPadding.PKCS1),
        P521("EC:secp521r1", RsaPadding.PKCS1),
        ED25519("EC:edwards25519", RsaPadding.PKCS1),
        PKCS1("rsa:2048", RsaPadding.PKCS1),
        PSS("rsa:2048", RsaPadding.PSS);

        private final String made;
        private final RsaPadding padding;

        Kind(String made, RsaPadding padding) {
            this.made = made;
            this.padding = padding;
        }
    }

    @TempDir static Path directory;

    private static FaultyToken token;
    private static Path pin;

    private final List<ByteString> journalled = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void tokens() throws Exception {
        SoftHsm hsm = SoftHsm.in(directory.resolve("hsm"));
        for (Kind kind : Kind.values()) {
            hsm.withToken(kind.name())
                    .withKeyPair(kind.name(), kind.made, "responder", "01")
                    .withKeyPair(kind.name(), kind.made, "other", "02");
        }
        pin = Files.writeString(directory.resolve("pin"), SoftHsm.PIN);
        token = FaultyToken.before(hsm, directory.resolve("token")).useInThisProcess();
    }

    @AfterEach
    void behave() throws Exception {
        token.mode("right");
    }

    static Stream<Arguments> wrongly() {
        return Stream.of(Kind.values())
                .flatMap(
                        kind ->
                                Stream.of(
                                                "flip", "lost", "bytes", "other", "zeros", "random",
                                                "empty", "huge", "device", "odd")
                                        .filter(mode -> kind == Kind.P256 || signs(mode))
                                        .map(mode -> Arguments.of(kind, mode)));
    }

    private static boolean signs(String mode) {
        return !Set.of("empty", "huge", "device", "odd").contains(mode);
    }

    @ParameterizedTest
    @MethodSource("wrongly")
    void signature_that_does_not_verify_is_neither_given_out_nor_journalled(Kind kind, String mode)
            throws Exception {
        ResponderCredential credential = credential(kind);
        try (SigningKey _ = credential.key()) {
            BouncyCastleSigner signer = signer(credential);
            token.mode(mode + " 2 1");
            signsWell(signer, credential);
            signsWell(signer, credential);

            for (int i = 0; i < TIMES; i++) {
                assertThatThrownBy(() -> signer.sign(ResponseContents.good(CA)))
                        .isInstanceOfSatisfying(
                                SignerUnavailableException.class,
                                e -> {
                                    assertThat(e.reason().isOfKey()).isTrue();
                                    assertThat(e)
                                            .hasMessageContaining(EXPLAINED.getOrDefault(mode, ""));
                                });
            }
            assertThat(journalled).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void token_that_signs_every_third_time_wrongly_gives_out_only_the_others(Kind kind)
            throws Exception {
        ResponderCredential credential = credential(kind);
        try (SigningKey _ = credential.key()) {
            BouncyCastleSigner signer = signer(credential);
            token.mode("flip 2 3");
            int given = 0;
            for (int i = 0; i < 4 * TIMES; i++) {
                try {
                    assertVerifies(signer.sign(ResponseContents.good(CA)), credential);
                    given++;
                } catch (SignerUnavailableException e) {
                    assertThat(e.reason().isOfKey()).isTrue();
                }
            }
            assertThat(journalled).hasSize(given);
            assertThat(given).isBetween(2, 4 * TIMES - 1);
        }
    }

    @Test
    void many_threads_get_only_signatures_that_verify() throws Exception {
        ResponderCredential credential = credential(Kind.P256);
        try (SigningKey _ = credential.key();
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            BouncyCastleSigner signer = signer(credential);
            token.mode("flip 40 5");
            List<Callable<Boolean>> calls =
                    Collections.nCopies(40 * TIMES, () -> isGivenAndVerifies(signer, credential));
            int given = 0;
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                given += call.get() ? 1 : 0;
            }
            assertThat(given).isBetween(40, 40 * TIMES - 1);
            assertThat(journalled).hasSize(given);
        }
    }

    private static boolean isGivenAndVerifies(ResponseSigner signer, ResponderCredential credential)
            throws Exception {
        try {
            assertVerifies(signer.sign(ResponseContents.good(CA)), credential);
            return true;
        } catch (SignerUnavailableException e) {
            return false;
        }
    }

    static Stream<Arguments> oddly() {
        return Stream.of(Kind.values())
                .flatMap(
                        kind ->
                                Stream.of("minimal", "pad", "signed", "der")
                                        .filter(_ -> kind != Kind.ED25519)
                                        .map(mode -> Arguments.of(kind, mode)));
    }

    @ParameterizedTest
    @MethodSource("oddly")
    void odd_forms_of_right_signatures_are_understood(Kind kind, String mode) throws Exception {
        token.mode(mode);
        ResponderCredential credential = credential(kind);
        try (SigningKey _ = credential.key()) {
            BouncyCastleSigner signer = signer(credential);
            for (int i = 0; i < 4 * TIMES; i++) {
                signsWell(signer, credential);
            }
        }
    }

    @Test
    void bad_signatures_open_the_breaker() throws Exception {
        ResponderCredential credential = credential(Kind.P256);
        SigningConfig config =
                new SigningConfig(2, 4, 500, Duration.ofSeconds(5), 3, Duration.ofMillis(100));
        try (SigningKey _ = credential.key();
                BoundedSigner bounded = new BoundedSigner(signer(credential), config, () -> NOW)) {
            token.mode("other");
            for (int i = 0; i < 3; i++) {
                assertRefused(bounded);
            }
            assertThat(bounded.state().breakerOpen()).isTrue();
            assertThat(bounded.state().refused().get(Cause.SIGNATURE_INVALID)).isPositive();
            assertThat(bounded.state().lastFailure().orElseThrow().what()).contains("does not");
        }
    }

    @Test
    void token_that_signs_well_again_is_used_again() throws Exception {
        ResponderCredential credential = credential(Kind.P256);
        try (SigningKey _ = credential.key()) {
            BouncyCastleSigner signer = signer(credential);
            token.mode("other");
            assertRefused(signer);
            token.mode("right");

            for (int tries = 0; tries < 40 && journalled.isEmpty(); tries++) {
                try {
                    assertVerifies(signer.sign(ResponseContents.good(CA)), credential);
                } catch (SignerUnavailableException e) {
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
            assertThat(journalled).hasSize(1);
        }
    }

    @Test
    void token_that_signs_wrongly_from_the_start_is_refused_with_the_cause() throws Exception {
        token.mode("flip");

        assertThatThrownBy(() -> credential(Kind.P256))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("the token signs wrongly");
    }

    private static void assertRefused(ResponseSigner signer) {
        assertThatThrownBy(() -> signer.sign(ResponseContents.good(CA)))
                .isInstanceOf(SignerUnavailableException.class);
    }

    private static void signsWell(ResponseSigner signer, ResponderCredential credential)
            throws Exception {
        assertVerifies(signer.sign(ResponseContents.good(CA)), credential);
    }

    private static void assertVerifies(SignedResponse response, ResponderCredential credential)
            throws Exception {
        BasicOCSPResp basic = BouncyCastleSignerTest.parse(response);
        assertThat(
                        basic.isSignatureValid(
                                new JcaContentVerifierProviderBuilder()
                                        .setProvider(IssuerCertificate.PROVIDER)
                                        .build(credential.delegate().orElseThrow().holder())))
                .isTrue();
    }

    private BouncyCastleSigner signer(ResponderCredential credential) {
        return new BouncyCastleSigner(
                credential, _ -> (_, _, signature) -> journalled.add(signature));
    }

    private static ResponderCredential credential(Kind kind) throws SigningKeyException {
        KeySource.Pkcs11 source =
                new KeySource.Pkcs11(
                        token.library(),
                        new KeySource.Token.Label(kind.name()),
                        new KeySource.KeyOnToken.Label("responder"),
                        new SecretSource.FromFile(pin));
        KeyConfig config =
                new KeyConfig(
                        source,
                        kind.padding,
                        KeyConfig.RsaHash.SHA256,
                        KeyConfig.ProviderChoice.FASTEST);
        SigningKey key = PrivateKeys.open(config, Optional.empty());
        // The certificate is of the token's key, whose private half nobody has.
        KeyPair certified = new KeyPair(key.publicKey(), CA.keys().getPrivate());
        return new ResponderCredential(
                List.of(CA.certificate()),
                Optional.of(DelegateCertificates.of(CA, certified).certificate()),
                key,
                IssuerProfile.PRIVATE);
    }
}
