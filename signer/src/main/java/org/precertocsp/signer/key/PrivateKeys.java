package org.precertocsp.signer.key;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.signer.pkcs11.Pkcs11Attribute;
import org.precertocsp.signer.pkcs11.Pkcs11Exception;
import org.precertocsp.signer.pkcs11.Pkcs11Library;
import org.precertocsp.signer.pkcs11.Pkcs11Session;
import org.precertocsp.signer.pkcs11.Pkcs11Token;

/// Opens, creates and inspects private keys.
public final class PrivateKeys {
    private PrivateKeys() {}

    /// Loads and tests what computes with software keys, as opening the first key does.
    public static void loadProviders() {
        JcaProviders _ = JcaProviders.ofThisMachine();
    }

    /// Opens a key and makes a test signature, to prove that it is the private key of `expected`.
    /// Reads files and logs in to tokens; blocks while they do.
    ///
    /// @param expected the public key of the associated certificate; if empty, the public key is
    ///   taken from the file or token
    /// @throws SigningKeyException if it cannot be opened, is of an unsupported kind, or belongs to
    ///   another public key
    public static SigningKey open(KeyConfig config, Optional<PublicKey> expected)
            throws SigningKeyException {
        return openExplained(config, expected);
    }

    /// Generates a key pair on a token, for signing only; its private key never leaves the token.
    /// Logs in to the token; blocks until the key is generated.
    ///
    /// @param source the token, and the label or id of the new pair
    /// @throws SigningKeyException if the token cannot be used, has a key of that name, or does not
    ///   support such keys
    public static void make(KeySource.Pkcs11 source, KeyPairType kind) throws SigningKeyException {
        TokenKeyGenerator.make(source, kind);
    }

    /// Opens a key, describes it and closes it again.
    public static KeyReport inspect(KeyConfig config, Optional<PublicKey> expected)
            throws SigningKeyException {
        try (DescribedKey key = openExplained(config, expected)) {
            SubjectPublicKeyInfo info = KeyMaterial.encoded(key.publicKey());
            ByteString bits = ByteString.of(info.getPublicKeyData().getOctets());
            return new KeyReport(
                    SchemeSelection.kind(info, key.scheme()),
                    key.scheme(),
                    key.computedBy(),
                    key.source(),
                    HashAlgorithm.SHA256.hash(ByteString.of(key.publicKey().getEncoded())),
                    HashAlgorithm.SHA1.hash(bits),
                    warnings(config.source()));
        }
    }

    /// Allows one more attempt with each PIN that a token has rejected in this process, after an
    /// operator states that the token accepts it now. Without that, a PIN is not tried again until
    /// it changes.
    public static void retryRefusedPins() {
        RejectedPins.OF_THIS_PROCESS.forget();
    }

    /// The key of a PEM file for the JDK's TLS, which signs with it directly.
    ///
    /// @throws SigningKeyException if it cannot be opened, or the JDK does not know such keys
    public static PrivateKey forTls(KeySource.Pem source) throws SigningKeyException {
        PrivateKey key = PemKeyFile.read(source).privateKey();
        // Bouncy Castle's name for it; the JDK uses the name for the signatures.
        String algorithm = key.getAlgorithm().equals("ECDSA") ? "EC" : key.getAlgorithm();
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new SigningKeyException(
                    "%s holds a key of kind %s; TLS wants EC, RSA or EdDSA"
                            .formatted(source.file(), algorithm),
                    e);
        }
    }

    /// Files with secrets that accounts other than their owner may read. Does not open the key.
    public static List<String> warnings(KeySource source) {
        List<String> warnings = new ArrayList<>();
        for (Path file : secretFiles(source)) {
            SecretFileReader.permissionWarning(file).ifPresent(warnings::add);
        }
        return List.copyOf(warnings);
    }

    private static DescribedKey openExplained(KeyConfig config, Optional<PublicKey> expected)
            throws SigningKeyException {
        Optional<SubjectPublicKeyInfo> info = expected.map(KeyMaterial::encoded);
        JcaProviders providers = JcaProviders.ofThisMachine();
        return switch (config.source()) {
            case KeySource.Pkcs12 file ->
                    SoftwareKey.open(
                            "PKCS#12 " + file.file(),
                            Pkcs12KeyFile.read(file),
                            config,
                            info,
                            providers);
            case KeySource.Pem file ->
                    SoftwareKey.open(
                            "PEM " + file.file(), PemKeyFile.read(file), config, info, providers);
            case KeySource.Pkcs11 token -> Pkcs11Key.open(token, config, info);
        };
    }

    private static List<Path> secretFiles(KeySource source) {
        List<Path> files = new ArrayList<>();
        switch (source) {
            case KeySource.Pkcs12(Path file, SecretSource password, _) -> {
                files.add(file);
                addFile(files, password);
            }
            case KeySource.Pem(Path file, Optional<SecretSource> passphrase) -> {
                files.add(file);
                passphrase.ifPresent(secret -> addFile(files, secret));
            }
            case KeySource.Pkcs11 token -> addFile(files, token.pin());
        }
        return files;
    }

    private static void addFile(List<Path> files, SecretSource secret) {
        if (secret instanceof SecretSource.FromFile(Path path)) {
            files.add(path);
        }
    }

    /// Generates key pairs on tokens, for signing only; the private key never leaves the token.
    static final class TokenKeyGenerator {
        private static final int ID_BYTES = 8;

        private TokenKeyGenerator() {}

        /// @param source the token, and the name of the new key
        /// @throws SigningKeyException if the token cannot be used, has a key of that name, or does
        ///   not support such keys
        static void make(KeySource.Pkcs11 source, KeyPairType kind) throws SigningKeyException {
            try {
                Pkcs11Library cryptoki = Pkcs11Library.use(source.library());
                try {
                    Pkcs11Token token = TokenLogin.token(cryptoki, source.token());
                    Pkcs11Session session = TokenLogin.loginToWrite(cryptoki, token, source.pin());
                    try {
                        requireFree(session, source);
                        List<Pkcs11Attribute> names = names(source.key());
                        session.generateKeyPair(
                                kind.mechanism(),
                                publicTemplate(kind, names),
                                privateTemplate(names));
                    } finally {
                        session.close();
                    }
                } finally {
                    cryptoki.release();
                }
            } catch (Pkcs11Exception | PinRejectedException e) {
                throw new SigningKeyException(
                        "no %s key was made on token %s of %s: %s"
                                .formatted(
                                        kind.word(),
                                        TokenLogin.name(source.token()),
                                        source.library(),
                                        e.getMessage()),
                        e);
            }
        }

        private static void requireFree(Pkcs11Session session, KeySource.Pkcs11 source)
                throws Pkcs11Exception, SigningKeyException {
            List<Pkcs11Attribute> name = List.of(TokenObjects.attribute(source.key()));
            if (session.find(name).length > 0) {
                throw new SigningKeyException(
                        "token %s has an object with %s already: choose another label for the new key"
                                .formatted(
                                        TokenLogin.name(source.token()),
                                        TokenObjects.name(source.key())),
                        null);
            }
        }

        private static List<Pkcs11Attribute> publicTemplate(
                KeyPairType kind, List<Pkcs11Attribute> names) {
            List<Pkcs11Attribute> template = new ArrayList<>(kind.publicAttributes());
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.TOKEN, true));
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.VERIFY, true));
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.ENCRYPT, false));
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.WRAP, false));
            template.addAll(names);
            return template;
        }

        private static List<Pkcs11Attribute> privateTemplate(List<Pkcs11Attribute> names) {
            List<Pkcs11Attribute> template = new ArrayList<>();
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.TOKEN, true));
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.PRIVATE, true));
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.SENSITIVE, true));
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.EXTRACTABLE, false));
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.SIGN, true));
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.DECRYPT, false));
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.UNWRAP, false));
            template.add(Pkcs11Attribute.flag(Pkcs11Attribute.DERIVE, false));
            template.addAll(names);
            return template;
        }

        /// Both keys of a pair have the same CKA_ID; a random one if none is configured.
        private static List<Pkcs11Attribute> names(KeySource.KeyOnToken name)
                throws SigningKeyException {
            return switch (name) {
                case KeySource.KeyOnToken.Label(String label) ->
                        List.of(Pkcs11Attribute.label(label), Pkcs11Attribute.id(randomId()));
                case KeySource.KeyOnToken.Id _ -> List.of(TokenObjects.attribute(name));
            };
        }

        private static ByteString randomId() {
            byte[] id = new byte[ID_BYTES];
            new SecureRandom().nextBytes(id);
            return ByteString.of(id);
        }
    }
}
