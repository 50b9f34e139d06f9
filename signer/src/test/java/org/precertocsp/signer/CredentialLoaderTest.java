package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.signer.ResponseContents.NOW;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.CredentialLoader.KeyOpener;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.SecretSource;
import org.precertocsp.signer.key.SigningKeyException;

final class CredentialLoaderTest {
    private static final TestCa CA = TestCa.root("Loading Root").subordinate("Loading");
    private static final KeyPair KEYS = TestCa.p256();

    @TempDir Path directory;
    private Path file;
    private TestKey key;

    @BeforeEach
    void a_proper_delegate() throws Exception {
        file =
                TestCa.write(
                        directory.resolve("ocsp.pem"), DelegateCertificates.of(CA, KEYS).holder());
        key = TestKey.of(KEYS);
    }

    @Test
    void pem_and_der_load_alike() throws Exception {
        ByteString der = DelegateCertificates.of(CA, KEYS).certificate().der();
        Path binary = Files.write(directory.resolve("ocsp.der"), der.toArray());
        Path text =
                Files.writeString(
                        directory.resolve("noted.pem"),
                        "subject=OCSP Responder\r\n\r\n"
                                + TestCa.pem("CERTIFICATE", der.toArray()).replace("\n", "\r\n"));

        for (Path path : List.of(binary, text)) {
            assertThat(ready(loader(Optional.of(path)).load()).delegate())
                    .map(DelegateCertificate::der)
                    .contains(der);
        }
        assertThat(key.isClosed()).isFalse();
    }

    @Test
    void the_ca_itself_loads_without_a_certificate() {
        key = TestKey.of(CA.keys());

        assertThat(ready(loader(Optional.empty()).load()).delegate()).isEmpty();
    }

    @Test
    void what_is_wrong_with_key_and_certificate_is_reported_together() throws Exception {
        Files.writeString(file, "not a certificate");
        CredentialLoadResult load =
                loader(
                                Optional.of(file),
                                (_, _) -> {
                                    throw new SigningKeyException("wrong PIN", null);
                                })
                        .load();

        assertThat(rules(load)).containsExactly("RP-09", "KP-01");
        assertThat(load.findings().toString()).contains(file.toString(), "wrong PIN");
    }

    @Test
    void a_missing_certificate_file_does_not_look_like_the_ca_signing() throws Exception {
        Files.delete(file);

        assertThat(rules(loader(Optional.of(file)).load())).containsExactly("RP-09");
        assertThat(key.isClosed()).isTrue();
    }

    @Test
    void chain_after_the_delegate_is_no_matter() throws Exception {
        Files.writeString(
                file, TestCa.pem("CERTIFICATE", CA.der().toArray()), StandardOpenOption.APPEND);

        assertThat(loader(Optional.of(file)).load()).isInstanceOf(CredentialLoadResult.Ready.class);
    }

    @Test
    void chain_that_begins_with_the_ca_is_refused() throws Exception {
        String delegate = Files.readString(file);
        Files.writeString(file, TestCa.pem("CERTIFICATE", CA.der().toArray()) + delegate);

        assertThat(loader(Optional.of(file)).load())
                .isInstanceOf(CredentialLoadResult.Refused.class);
    }

    @Test
    void a_refused_credential_gives_its_key_up() throws Exception {
        TestCa.write(file, DelegateCertificates.of(CA, KEYS).until(NOW.minusSeconds(1)).holder());

        assertThat(rules(loader(Optional.of(file)).load())).containsExactly("TF-09");
        assertThat(key.isClosed()).isTrue();
    }

    @Test
    @Requirement("RP-06")
    void a_token_whose_private_key_is_another_is_found_by_a_trial_signature() {
        KeyPair mixed = new KeyPair(KEYS.getPublic(), TestCa.p256().getPrivate());
        key = TestKey.of(mixed);

        assertThat(rules(loader(Optional.of(file)).load())).containsExactly("RP-06");
        assertThat(key.isClosed()).isTrue();
    }

    @Test
    void a_key_that_does_not_sign_is_refused() {
        key.fail();

        assertThat(rules(loader(Optional.of(file)).load())).containsExactly("KP-01");
    }

    @Test
    @Requirement("TF-09")
    void a_certificate_that_ends_soon_loads_with_a_warning() throws Exception {
        TestCa.write(
                file,
                DelegateCertificates.of(CA, KEYS).until(NOW.plus(Duration.ofDays(6))).holder());
        CredentialLoader loader = loader(Optional.of(file));

        CredentialLoadResult load = loader.load();

        assertThat(rules(load)).containsExactly("TF-09");
        assertThat(loader.endings(ready(load))).isEqualTo(load.findings());
    }

    @Test
    void the_files_to_watch_are_those_it_reads() {
        assertThat(loader(Optional.of(file)).files())
                .containsExactly(file, directory.resolve("ocsp.p12"));
    }

    @Test
    void files_of_pins_and_passphrases_are_watched_too() {
        Path secret = directory.resolve("secret");
        SecretSource inFile = new SecretSource.FromFile(secret);
        Path other = Path.of("/other");
        for (KeySource source :
                List.of(
                        new KeySource.Pem(other, Optional.of(inFile)),
                        new KeySource.Pkcs12(other, inFile, Optional.empty()),
                        new KeySource.Pkcs11(
                                other,
                                new KeySource.Token.Label("ocsp"),
                                new KeySource.KeyOnToken.Label("key"),
                                inFile))) {
            KeyConfig config =
                    new KeyConfig(
                            source,
                            KeyConfig.RsaPadding.PKCS1,
                            KeyConfig.RsaHash.SHA256,
                            KeyConfig.ProviderChoice.FASTEST);
            CredentialLoader loader =
                    new CredentialLoader(
                            new CredentialSource(config, Optional.of(file), Duration.ZERO),
                            List.of(CA.certificate()),
                            IssuerProfile.TLS,
                            (_, _) -> key,
                            new TickingClock(NOW));
            assertThat(loader.files()).contains(file, secret);
        }
    }

    private CredentialLoader loader(Optional<Path> certificate) {
        return loader(certificate, (_, _) -> key);
    }

    private CredentialLoader loader(Optional<Path> certificate, KeyOpener keys) {
        return new CredentialLoader(
                source(directory, certificate),
                List.of(CA.certificate()),
                IssuerProfile.TLS,
                keys,
                new TickingClock(NOW));
    }

    static CredentialSource source(Path directory, Optional<Path> certificate) {
        return new CredentialSource(
                new KeyConfig(
                        new KeySource.Pem(directory.resolve("ocsp.p12"), Optional.empty()),
                        KeyConfig.RsaPadding.PKCS1,
                        KeyConfig.RsaHash.SHA256,
                        KeyConfig.ProviderChoice.FASTEST),
                certificate,
                Duration.ofDays(7));
    }

    static ResponderCredential ready(CredentialLoadResult load) {
        assertThat(load).isInstanceOf(CredentialLoadResult.Ready.class);
        return ((CredentialLoadResult.Ready) load).credential();
    }

    private static List<String> rules(CredentialLoadResult load) {
        return load.findings().stream().map(CredentialFinding::rule).toList();
    }
}
