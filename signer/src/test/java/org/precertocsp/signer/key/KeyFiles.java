package org.precertocsp.signer.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.signer.key.OpenSsl.openssl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;
import org.precertocsp.signer.key.KeyConfig.RsaHash;
import org.precertocsp.signer.key.KeyConfig.RsaPadding;

/// Key files of one test, and what is done with keys.
final class KeyFiles {
    private static final byte[] MESSAGE = "a response".getBytes(StandardCharsets.US_ASCII);

    /// By algorithm. RSA keys take long to find, and what is asked of them here any key can tell.
    private static final Map<String, String> GENERATED = new ConcurrentHashMap<>();

    private final Path directory;

    KeyFiles(Path directory) {
        this.directory = directory;
    }

    static SignatureScheme assertSigns(KeyConfig config) throws SigningKeyException {
        try (SigningKey key = open(config)) {
            byte[] signature = key.sign(MESSAGE);
            assertThat(
                            SignatureVerification.verifies(
                                    key.publicKey(), key.scheme(), MESSAGE, signature))
                    .as(key.description())
                    .isTrue();
            assertThat(key.mayHang()).as("a key in memory just computes").isFalse();
            return key.scheme();
        }
    }

    static SigningKey open(KeyConfig config) throws SigningKeyException {
        return PrivateKeys.open(config, Optional.empty());
    }

    /// A key by openssl, the same again in one process.
    Path generated(String algorithm) throws IOException {
        String name = algorithm.replaceAll("[^A-Za-z0-9]+", "-") + ".pem";
        String known = GENERATED.get(algorithm);
        if (known != null) {
            return write(name, known);
        }
        Path file = directory.resolve(name);
        openssl("genpkey -algorithm %s -out %s".formatted(algorithm, file));
        GENERATED.put(algorithm, Files.readString(file));
        return file;
    }

    static KeySource pem(Path file) {
        return new KeySource.Pem(file, Optional.empty());
    }

    KeySource pem(Path file, String passphrase) throws IOException {
        return new KeySource.Pem(file, Optional.of(secret(passphrase)));
    }

    KeySource pkcs12(Path file, String password, Optional<String> alias) throws IOException {
        return new KeySource.Pkcs12(file, secret(password), alias);
    }

    SecretSource secret(String text) throws IOException {
        return new SecretSource.FromFile(secretFile(text));
    }

    /// Not on openssl's command line, where the locale would decide over umlauts.
    Path secretFile(String text) throws IOException {
        return write("secret-" + text.hashCode(), text + "\n");
    }

    Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    static KeyConfig config(KeySource source) {
        return config(source, ProviderChoice.FASTEST);
    }

    static KeyConfig config(KeySource source, ProviderChoice choice) {
        return new KeyConfig(source, RsaPadding.PKCS1, RsaHash.SHA256, choice);
    }
}
