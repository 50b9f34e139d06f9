package org.precertocsp.signer.key;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;

/// The door to private keys.
public final class Keys {
    private Keys() {}

    /// Opens a key and has it sign once, to prove that it is the key of `expected`. Reads files,
    /// logs in to tokens; blocks as long as they do.
    ///
    /// @param expected the public key of the certificate that goes with it; without one, the public
    ///   key is taken from the file or token
    /// @throws KeyFailure it does not open, is of no kind we sign with, or belongs to another
    ///   public key
    public static SigningKey open(KeyConfig config, Optional<PublicKey> expected)
            throws KeyFailure {
        return openExplained(config, expected);
    }

    /// Makes a key pair on a token, for signing only; its private half never leaves the token. Logs
    /// in to the token; blocks as long as that and the making take.
    ///
    /// @param source the token, and the label or id the pair gets
    /// @throws KeyFailure the token cannot be used, has a key of that name, or makes no such keys
    public static void make(KeySource.Pkcs11 source, KeyPairKind kind) throws KeyFailure {
        TokenKeyMaker.make(source, kind);
    }

    /// Opens a key, describes it and closes it again.
    public static KeyReport inspect(KeyConfig config, Optional<PublicKey> expected)
            throws KeyFailure {
        try (ExplainedKey key = openExplained(config, expected)) {
            SubjectPublicKeyInfo info = KeyMaterial.encoded(key.publicKey());
            Octets bits = Octets.of(info.getPublicKeyData().getOctets());
            return new KeyReport(
                    SchemeChoice.kind(info, key.scheme()),
                    key.scheme(),
                    key.computedBy(),
                    key.source(),
                    HashAlgorithm.SHA256.hash(Octets.of(key.publicKey().getEncoded())),
                    HashAlgorithm.SHA1.hash(bits),
                    warnings(config.source()));
        }
    }

    /// Allows one more try of each PIN that a token has refused in this process: somebody says that
    /// the token takes it now. Until then, or until the PIN changes, it is not tried again.
    public static void retryRefusedPins() {
        RefusedPins.OF_THIS_PROCESS.forget();
    }

    /// The key of a PEM file for the TLS of the JDK, which signs by itself.
    ///
    /// @throws KeyFailure it does not open, or the JDK knows no such kind of key
    public static PrivateKey forTls(KeySource.Pem source) throws KeyFailure {
        PrivateKey key = PemFile.read(source).privateKey();
        // Bouncy Castle's name for it; the JDK calls the signatures so.
        String algorithm = key.getAlgorithm().equals("ECDSA") ? "EC" : key.getAlgorithm();
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new KeyFailure(
                    "%s holds a key of kind %s; TLS wants EC, RSA or EdDSA"
                            .formatted(source.file(), algorithm),
                    e);
        }
    }

    /// Files with secrets that others than their owner may read. Does not open the key.
    public static List<String> warnings(KeySource source) {
        List<String> warnings = new ArrayList<>();
        for (Path file : secretFiles(source)) {
            BoundedFile.permissionWarning(file).ifPresent(warnings::add);
        }
        return List.copyOf(warnings);
    }

    private static ExplainedKey openExplained(KeyConfig config, Optional<PublicKey> expected)
            throws KeyFailure {
        Optional<SubjectPublicKeyInfo> info = expected.map(KeyMaterial::encoded);
        Providers providers = Providers.ofThisMachine();
        return switch (config.source()) {
            case KeySource.Pkcs12 file ->
                    SoftwareKey.open(
                            "PKCS#12 " + file.file(),
                            Pkcs12File.read(file),
                            config,
                            info,
                            providers);
            case KeySource.Pem file ->
                    SoftwareKey.open(
                            "PEM " + file.file(), PemFile.read(file), config, info, providers);
            case KeySource.Pkcs11 token -> Pkcs11Key.open(token, config, info);
        };
    }

    private static List<Path> secretFiles(KeySource source) {
        List<Path> files = new ArrayList<>();
        switch (source) {
            case KeySource.Pkcs12(Path file, Secret password, _) -> {
                files.add(file);
                addFile(files, password);
            }
            case KeySource.Pem(Path file, Optional<Secret> passphrase) -> {
                files.add(file);
                passphrase.ifPresent(secret -> addFile(files, secret));
            }
            case KeySource.Pkcs11 token -> addFile(files, token.pin());
        }
        return files;
    }

    private static void addFile(List<Path> files, Secret secret) {
        if (secret instanceof Secret.FromFile(Path path)) {
            files.add(path);
        }
    }
}
