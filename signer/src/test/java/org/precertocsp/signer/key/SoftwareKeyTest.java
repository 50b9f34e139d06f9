package org.precertocsp.signer.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.signer.key.OpenSsl.openssl;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jcajce.interfaces.MLDSAPrivateKey;
import org.bouncycastle.jcajce.spec.MLDSAParameterSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;
import org.precertocsp.signer.key.KeyConfig.RsaHash;
import org.precertocsp.signer.key.KeyConfig.RsaPadding;

/// Keys in PEM files, as openssl and Java write them.
final class SoftwareKeyTest {
    private static final byte[] MESSAGE = "a response".getBytes(StandardCharsets.US_ASCII);

    @TempDir Path directory;

    private KeyFiles files;

    @BeforeEach
    void new_files() {
        files = new KeyFiles(directory);
    }

    @ParameterizedTest
    @CsvSource({
        "RSA -pkeyopt rsa_keygen_bits:2048, RSA_PKCS1_SHA256, RSA 2048 bits",
        "RSA -pkeyopt rsa_keygen_bits:2056, RSA_PKCS1_SHA256, RSA 2056 bits",
        "EC -pkeyopt ec_paramgen_curve:P-256, ECDSA_P256_SHA256, EC P-256",
        "EC -pkeyopt ec_paramgen_curve:P-384, ECDSA_P384_SHA384, EC P-384",
        "EC -pkeyopt ec_paramgen_curve:P-521, ECDSA_P521_SHA512, EC P-521",
        "ED25519, ED25519, Ed25519"
    })
    @Requirement({"RP-17", "RP-19"})
    void every_kind_openssl_makes_signs_with_either_provider(
            String algorithm, SignatureScheme scheme, String kind) throws Exception {
        Path file = files.generated(algorithm);
        for (ProviderChoice choice : ProviderChoice.values()) {
            assertThat(KeyFiles.assertSigns(KeyFiles.config(KeyFiles.pem(file), choice)))
                    .isEqualTo(scheme);
        }

        KeyReport report = inspect(file);
        assertThat(report.kind()).isEqualTo(kind);
        assertThat(report.computedBy()).startsWith("AmazonCorrettoCryptoProvider 2.");
        assertReportNames(report, file);
    }

    static Stream<KeyConfig> rsaSchemes() {
        return Stream.of(RsaPadding.values())
                .flatMap(
                        padding ->
                                Stream.of(RsaHash.values())
                                        .map(hash -> rsaConfig(Path.of("x"), padding, hash)));
    }

    @ParameterizedTest
    @MethodSource("rsaSchemes")
    @Requirement({"RP-17", "RP-18"})
    void rsa_signs_with_every_padding_and_hash(KeyConfig wanted) throws Exception {
        Path file = files.generated("RSA -pkeyopt rsa_keygen_bits:2048");
        for (ProviderChoice choice : ProviderChoice.values()) {
            KeyConfig config =
                    new KeyConfig(
                            KeyFiles.pem(file), wanted.rsaPadding(), wanted.rsaHash(), choice);
            String name = KeyFiles.assertSigns(config).name();
            assertThat(name).contains(wanted.rsaPadding().name()).contains(wanted.rsaHash().name());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ML-DSA-44", "ML-DSA-65", "ML-DSA-87"})
    @Requirement("RP-20")
    void ml_dsa_signs_pure_from_every_pkcs8_form(String name) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("ML-DSA", bouncyCastle());
        generator.initialize(MLDSAParameterSpec.fromName(name));
        MLDSAPrivateKey key = (MLDSAPrivateKey) generator.generateKeyPair().getPrivate();
        byte[] jdk = KeyPairGenerator.getInstance(name).generateKeyPair().getPrivate().getEncoded();

        for (byte[] form :
                new byte[][] {
                    key.getEncoded(),
                    key.getPrivateKey(true).getEncoded(),
                    key.getPrivateKey(false).getEncoded(),
                    jdk
                }) {
            Path file = files.write("ml-dsa.pem", TestCa.pem("PRIVATE KEY", form));
            for (ProviderChoice choice : ProviderChoice.values()) {
                assertThat(
                                KeyFiles.assertSigns(KeyFiles.config(KeyFiles.pem(file), choice))
                                        .jcaName())
                        .isEqualTo(name);
            }
            assertThat(inspect(file).kind()).isEqualTo(name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-v2 aes-256-cbc",
                "-v2 aes-128-cbc -v2prf hmacWithSHA512",
                "-v2 des3",
                "-scrypt",
                "-v1 PBE-SHA1-3DES",
                "-v1 PBE-MD5-DES -provider legacy -provider default",
            })
    void encrypted_pkcs8_opens_as_openssl_writes_it(String encryption) throws Exception {
        Path plain = files.generated("EC -pkeyopt ec_paramgen_curve:P-256");
        Path file = directory.resolve("encrypted.pem");
        openssl(
                "pkcs8 -topk8 -in %s -out %s -passout file:%s %s"
                        .formatted(plain, file, files.secretFile("Grüße"), encryption));

        KeyFiles.assertSigns(KeyFiles.config(files.pem(file, "Grüße")));
        assertThatThrownBy(() -> KeyFiles.open(KeyFiles.config(files.pem(file, "other"))))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("does not open with the secret in file")
                .hasMessageNotContaining("other");
        assertThatThrownBy(() -> KeyFiles.open(KeyFiles.config(KeyFiles.pem(file))))
                .hasMessageContaining("is encrypted; name its passphrase");
    }

    /// As it stands in a YAML file it was copied from.
    @Test
    void indented_pem_opens() throws Exception {
        Path plain = files.generated("EC -pkeyopt ec_paramgen_curve:P-256");
        Path indented =
                files.write(
                        "indented.pem",
                        Files.readString(plain).replaceAll("(?m)^", "  \t").strip());

        KeyFiles.assertSigns(KeyFiles.config(KeyFiles.pem(indented)));
        assertThat(
                        KeyFiles.open(
                                        KeyFiles.config(
                                                KeyFiles.pem(
                                                        files.write(
                                                                "inner.pem",
                                                                "    "
                                                                        + Files.readString(plain)
                                                                                .replace(
                                                                                        "\n",
                                                                                        "\r\n"
                                                                                                + "    ")))))
                                .publicKey()
                                .getAlgorithm())
                .startsWith("EC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-aes256"})
    void traditional_pem_opens(String encryption) throws Exception {
        Path rsa = files.generated("RSA -pkeyopt rsa_keygen_bits:2048");
        Path ec = files.generated("EC -pkeyopt ec_paramgen_curve:P-256");
        Path oldRsa = directory.resolve("old-rsa.pem");
        Path oldEc = directory.resolve("old-ec.pem");
        String secret =
                encryption.isEmpty()
                        ? ""
                        : encryption + " -passout file:" + files.secretFile("geheimnißvoll") + " ";
        openssl("rsa -traditional %s-in %s -out %s".formatted(secret, rsa, oldRsa));
        openssl("ec %s-in %s -out %s".formatted(secret, ec, oldEc));

        KeyFiles.assertSigns(KeyFiles.config(files.pem(oldRsa, "geheimnißvoll")));
        KeyFiles.assertSigns(KeyFiles.config(files.pem(oldEc, "geheimnißvoll")));
    }

    @Test
    void certificate_and_parameters_beside_the_key_are_passed_over() throws Exception {
        KeyPair keys = TestCa.p256();
        String certificate =
                TestCa.pem("CERTIFICATE", TestCa.encoded(TestCa.root("Root").delegate(keys)));
        String key = TestCa.pem("PRIVATE KEY", keys.getPrivate().getEncoded());
        String parameters =
                TestCa.pem("EC PARAMETERS", HexFormat.of().parseHex("06082a8648ce3d030107"));

        KeyFiles.assertSigns(
                KeyFiles.config(
                        KeyFiles.pem(
                                files.write("a.pem", "Bag Attributes\n" + certificate + key))));
        KeyFiles.assertSigns(
                KeyFiles.config(
                        KeyFiles.pem(files.write("b.pem", parameters + key + certificate))));
    }

    @Test
    void file_with_no_key_or_two_is_refused() throws Exception {
        String key = TestCa.pem("PRIVATE KEY", TestCa.p256().getPrivate().getEncoded());

        assertThatThrownBy(
                        () ->
                                KeyFiles.open(
                                        KeyFiles.config(
                                                KeyFiles.pem(
                                                        files.write("none.pem", "nothing\n")))))
                .hasMessageContaining("holds no private key");
        assertThatThrownBy(
                        () ->
                                KeyFiles.open(
                                        KeyFiles.config(
                                                KeyFiles.pem(files.write("two.pem", key + key)))))
                .hasMessageContaining("more than one private key");
        assertThatThrownBy(
                        () ->
                                KeyFiles.open(
                                        KeyFiles.config(
                                                KeyFiles.pem(directory.resolve("missing.pem")))))
                .hasMessageContaining("there is no file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RSA -pkeyopt rsa_keygen_bits:1024",
                "RSA -pkeyopt rsa_keygen_bits:2050",
                "RSA -pkeyopt rsa_keygen_bits:4104",
                "RSA-PSS -pkeyopt rsa_keygen_bits:2048",
                "EC -pkeyopt ec_paramgen_curve:secp256k1",
                "EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
                "ED448",
                "X25519"
            })
    @Requirement("RP-19")
    void other_keys_are_refused_naming_what_is_allowed(String algorithm) {
        assertThatThrownBy(
                        () ->
                                KeyFiles.open(
                                        KeyFiles.config(KeyFiles.pem(files.generated(algorithm)))))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("allowed are RSA of 2048 to 4096 bits");
    }

    @Test
    void key_of_another_certificate_is_refused() throws Exception {
        Path ec = files.generated("EC -pkeyopt ec_paramgen_curve:P-256");
        Path rsa = files.generated("RSA -pkeyopt rsa_keygen_bits:2048");

        KeyPair[] others = {TestCa.p256(), TestCa.rsa(2048)};
        for (ProviderChoice choice : ProviderChoice.values()) {
            for (Path file : new Path[] {ec, rsa}) {
                for (KeyPair other : others) {
                    assertThatThrownBy(
                                    () ->
                                            PrivateKeys.open(
                                                    KeyFiles.config(KeyFiles.pem(file), choice),
                                                    Optional.of(other.getPublic())))
                            .isInstanceOf(SigningKeyException.class)
                            .hasMessageContaining("key and certificate do not belong together");
                }
            }
        }
    }

    @Test
    void without_corretto_bouncy_castle_computes_and_says_why() throws Exception {
        KeyMaterial material =
                PemKeyFile.read(
                        (KeySource.Pem)
                                KeyFiles.pem(
                                        files.generated("EC -pkeyopt ec_paramgen_curve:P-256")));
        JcaProviders none = new JcaProviders(Optional.empty(), "does not load: no such library");

        try (SoftwareKey key = software(material, ProviderChoice.FASTEST, none)) {
            assertThat(key.computedBy())
                    .startsWith("Bouncy Castle 1.")
                    .endsWith("(AmazonCorrettoCryptoProvider does not load: no such library)");
        }
        assertThatThrownBy(() -> software(material, ProviderChoice.CORRETTO, none))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining(
                        "AmazonCorrettoCryptoProvider does not load: no such library");
    }

    @Test
    void providers_are_not_installed_in_the_process() throws Exception {
        KeyFiles.assertSigns(KeyFiles.config(KeyFiles.pem(files.generated("ED25519"))));

        assertThat(Security.getProvider("BC")).isNull();
        assertThat(Security.getProvider("AmazonCorrettoCryptoProvider")).isNull();
    }

    @ParameterizedTest
    @EnumSource(ProviderChoice.class)
    void one_key_serves_many_threads(ProviderChoice choice) throws Exception {
        Path file = files.generated("EC -pkeyopt ec_paramgen_curve:P-256");
        try (SigningKey key = KeyFiles.open(KeyFiles.config(KeyFiles.pem(file), choice));
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            Callable<Boolean> call =
                    () ->
                            SignatureVerification.verifies(
                                    key.publicKey(), key.scheme(), MESSAGE, key.sign(MESSAGE));
            for (Future<Boolean> verified : threads.invokeAll(Collections.nCopies(100, call))) {
                assertThat(verified.get()).isTrue();
            }
        }
    }

    @Test
    void closed_key_does_not_sign() throws Exception {
        SigningKey key = KeyFiles.open(KeyFiles.config(KeyFiles.pem(files.generated("ED25519"))));
        key.close();

        assertThatThrownBy(() -> key.sign(MESSAGE)).hasMessageContaining("is closed");
    }

    private static SoftwareKey software(
            KeyMaterial material, ProviderChoice choice, JcaProviders providers)
            throws SigningKeyException {
        KeySource unused = new KeySource.Pem(Path.of("key.pem"), Optional.empty());
        return SoftwareKey.open(
                "PEM key.pem",
                material,
                KeyFiles.config(unused, choice),
                Optional.empty(),
                providers);
    }

    private static Provider bouncyCastle() {
        return JcaProviders.BOUNCY_CASTLE;
    }

    private void assertReportNames(KeyReport report, Path file) throws Exception {
        Path spki = directory.resolve("spki.der");
        openssl("pkey -in %s -pubout -outform DER -out %s".formatted(file, spki));
        byte[] der = Files.readAllBytes(spki);
        byte[] bits = SubjectPublicKeyInfo.getInstance(der).getPublicKeyData().getOctets();

        assertThat(report.spkiSha256().toArray())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(der));
        assertThat(report.keyHash().toArray())
                .isEqualTo(MessageDigest.getInstance("SHA-1").digest(bits));
        assertThat(report.source()).isEqualTo("PEM " + file);
    }

    private KeyReport inspect(Path file) throws SigningKeyException {
        return PrivateKeys.inspect(KeyFiles.config(KeyFiles.pem(file)), Optional.empty());
    }

    private static KeyConfig rsaConfig(Path file, RsaPadding padding, RsaHash hash) {
        return new KeyConfig(KeyFiles.pem(file), padding, hash, ProviderChoice.FASTEST);
    }
}
