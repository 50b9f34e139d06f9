package org.precertocsp.signer.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.signer.key.OpenSsl.openssl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.TestCa;

/// Keys in PKCS#12 files, as openssl and keytool write them.
final class Pkcs12KeyFileTest {
    @TempDir Path directory;

    private KeyFiles files;

    @BeforeEach
    void new_files() {
        files = new KeyFiles(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-legacy ", "-keypbe NONE -certpbe NONE ", "-nomac ", "-nocerts "})
    void pkcs12_opens_as_openssl_writes_it(String options) throws Exception {
        Path file = pkcs12("EC -pkeyopt ec_paramgen_curve:P-256", options);

        KeyFiles.assertSigns(KeyFiles.config(files.pkcs12(file, "gehäim", Optional.empty())));
        KeyFiles.assertSigns(
                KeyFiles.config(
                        files.pkcs12(
                                file,
                                "gehäim",
                                options.contains("nocerts")
                                        ? Optional.empty()
                                        : Optional.of("responder"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-legacy ", "-macalg sha1 "})
    void empty_password_opens(String options) throws Exception {
        Path file = pkcs12("EC -pkeyopt ec_paramgen_curve:P-256", options, "");

        KeyFiles.assertSigns(KeyFiles.config(files.pkcs12(file, "", Optional.empty())));
    }

    /// Of a MAC's digest the parameters NULL may be missing.
    @ParameterizedTest
    @ValueSource(strings = {"sha1", "sha256"})
    void mac_whose_digest_lacks_its_parameters_opens(String digest) throws Exception {
        Path file = pkcs12("EC -pkeyopt ec_paramgen_curve:P-256", "-macalg " + digest + " ");
        Pfx pfx = Pfx.getInstance(Files.readAllBytes(file));
        MacData mac = pfx.getMacData();
        DigestInfo bare =
                new DigestInfo(
                        new AlgorithmIdentifier(mac.getMac().getAlgorithmId().getAlgorithm()),
                        mac.getMac().getDigest());
        Files.write(
                file,
                new Pfx(
                                pfx.getAuthSafe(),
                                new MacData(
                                        bare,
                                        mac.getSalt(),
                                        mac.getIterationCount().intValueExact()))
                        .getEncoded());

        KeyFiles.assertSigns(KeyFiles.config(files.pkcs12(file, "gehäim", Optional.empty())));
        assertThatThrownBy(
                        () ->
                                KeyFiles.open(
                                        KeyFiles.config(
                                                files.pkcs12(file, "falsch", Optional.empty()))))
                .hasMessageContaining("is not the password of " + file);
    }

    @Test
    void wrong_pkcs12_password_is_told_without_it() throws Exception {
        Path file = pkcs12("EC -pkeyopt ec_paramgen_curve:P-256", "");

        assertThatThrownBy(
                        () ->
                                KeyFiles.open(
                                        KeyFiles.config(
                                                files.pkcs12(file, "falsch", Optional.empty()))))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("is not the password of " + file)
                .hasMessageNotContaining("falsch");
        assertThatThrownBy(
                        () ->
                                KeyFiles.open(
                                        KeyFiles.config(
                                                files.pkcs12(
                                                        files.write("text.p12", "no DER"),
                                                        "x",
                                                        Optional.empty()))))
                .hasMessageContaining("is not a PKCS#12 file");
    }

    @Test
    void several_keys_want_an_alias_and_the_error_lists_them() throws Exception {
        KeyPair first = TestCa.p256();
        KeyPair second = TestCa.rsa(2048);
        Path file = keytoolStore(first, second);

        assertThatThrownBy(
                        () ->
                                KeyFiles.open(
                                        KeyFiles.config(
                                                files.pkcs12(file, "changeit", Optional.empty()))))
                .hasMessageContaining("several keys")
                .hasMessageContaining("'first'")
                .hasMessageContaining("'second'");
        assertThatThrownBy(
                        () ->
                                KeyFiles.open(
                                        KeyFiles.config(
                                                files.pkcs12(
                                                        file, "changeit", Optional.of("third")))))
                .hasMessageContaining("no key with the alias 'third'")
                .hasMessageContaining("'first'");
        try (SigningKey key =
                KeyFiles.open(
                        KeyFiles.config(files.pkcs12(file, "changeit", Optional.of("Second"))))) {
            assertThat(key.publicKey().getEncoded()).isEqualTo(second.getPublic().getEncoded());
        }
    }

    private Path pkcs12(String algorithm, String options) throws IOException {
        return pkcs12(algorithm, options, "gehäim");
    }

    private Path pkcs12(String algorithm, String options, String password) throws IOException {
        Path key = files.generated(algorithm);
        Path certificate = directory.resolve("certificate.pem");
        Path file = directory.resolve("key.p12");
        openssl("req -x509 -key %s -subj /CN=r -out %s".formatted(key, certificate));
        openssl(
                "pkcs12 -export %s-inkey %s -in %s -name responder -passout file:%s -out %s"
                        .formatted(options, key, certificate, files.secretFile(password), file));
        return file;
    }

    private Path keytoolStore(KeyPair first, KeyPair second) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] password = "changeit".toCharArray();
        store.setKeyEntry("first", first.getPrivate(), password, chain(first));
        store.setKeyEntry("second", second.getPrivate(), password, chain(second));
        Path file = directory.resolve("store.p12");
        try (var out = Files.newOutputStream(file)) {
            store.store(out, password);
        }
        return file;
    }

    private static X509Certificate[] chain(KeyPair keys) throws Exception {
        return new X509Certificate[] {
            new JcaX509CertificateConverter().getCertificate(TestCa.root("Root").delegate(keys))
        };
    }
}
