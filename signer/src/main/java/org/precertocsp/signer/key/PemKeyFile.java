package org.precertocsp.signer.key;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.bouncycastle.util.Strings;

/// The one private key of a PEM file: PKCS#8, or as older OpenSSL wrote it. Certificates, public
/// keys and parameters beside it are passed over.
final class PemKeyFile {
    static final int MAX_BYTES = 1 << 20;

    private PemKeyFile() {}

    static KeyMaterial read(KeySource.Pem source) throws SigningKeyException {
        byte[] content = SecretFileReader.read(source.file(), MAX_BYTES);
        byte[] text = withoutIndentation(content);
        try {
            List<Object> keys = privateKeys(text);
            if (keys.size() != 1) {
                throw new SigningKeyException(
                        "%s holds %s private key in PEM; one is wanted"
                                .formatted(source.file(), keys.isEmpty() ? "no" : "more than one"),
                        null);
            }
            return new KeyMaterial(opened(keys.getFirst(), source), Optional.empty());
        } catch (IOException | RuntimeException e) {
            throw new SigningKeyException(
                    source.file() + " is not readable as PEM: " + e.getMessage(), e);
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(text, (byte) 0);
        }
    }

    /// Keys copied from YAML keep its indentation, which the parser would not understand.
    private static byte[] withoutIndentation(byte[] content) {
        byte[] text = new byte[content.length];
        int length = 0;
        boolean lineStart = true;
        for (byte b : content) {
            if (lineStart && (b == ' ' || b == '\t')) {
                continue;
            }
            lineStart = b == '\n' || b == '\r';
            text[length++] = b;
        }
        byte[] whole = Arrays.copyOf(text, length);
        Arrays.fill(text, (byte) 0);
        return whole;
    }

    private static List<Object> privateKeys(byte[] content) throws IOException {
        List<Object> keys = new ArrayList<>();
        Reader text =
                new InputStreamReader(
                        new ByteArrayInputStream(content), StandardCharsets.ISO_8859_1);
        try (PEMParser parser = new PEMParser(text)) {
            for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
                switch (item) {
                    case PrivateKeyInfo _,
                            PKCS8EncryptedPrivateKeyInfo _,
                            PEMKeyPair _,
                            PEMEncryptedKeyPair _ ->
                            keys.add(item);
                    default -> {}
                }
            }
        }
        return keys;
    }

    private static PrivateKeyInfo opened(Object key, KeySource.Pem source)
            throws SigningKeyException {
        return switch (key) {
            case PrivateKeyInfo info -> info;
            case PEMKeyPair pair -> pair.getPrivateKeyInfo();
            default -> decrypted(key, source);
        };
    }

    private static PrivateKeyInfo decrypted(Object key, KeySource.Pem source)
            throws SigningKeyException {
        SecretSource secret =
                source.passphrase()
                        .orElseThrow(
                                () ->
                                        new SigningKeyException(
                                                "the key in "
                                                        + source.file()
                                                        + " is encrypted; name its passphrase",
                                                null));
        try (SecretChars passphrase = SecretChars.read(secret)) {
            return key instanceof PEMEncryptedKeyPair pair
                    ? traditional(pair, passphrase.characters())
                    : pkcs8((PKCS8EncryptedPrivateKeyInfo) key, passphrase.characters());
        } catch (IOException | PKCSException | OperatorCreationException | RuntimeException e) {
            throw new SigningKeyException(
                    "the key in %s does not open with %s"
                            .formatted(source.file(), SecretChars.name(secret)),
                    e);
        }
    }

    private static PrivateKeyInfo traditional(PEMEncryptedKeyPair pair, char[] passphrase)
            throws IOException {
        return pair.decryptKeyPair(
                        new JcePEMDecryptorProviderBuilder()
                                .setProvider(JcaProviders.BOUNCY_CASTLE)
                                .build(passphrase))
                .getPrivateKeyInfo();
    }

    /// Two PBE decoders with different coverage: the first knows scrypt, the second PBES1.
    private static PrivateKeyInfo pkcs8(PKCS8EncryptedPrivateKeyInfo key, char[] passphrase)
            throws PKCSException, OperatorCreationException {
        ASN1ObjectIdentifier algorithm =
                key.toASN1Structure().getEncryptionAlgorithm().getAlgorithm();
        if (algorithm.equals(PKCSObjectIdentifiers.id_PBES2)) {
            return key.decryptPrivateKeyInfo(
                    new JcePKCSPBEInputDecryptorProviderBuilder()
                            .setProvider(JcaProviders.BOUNCY_CASTLE)
                            .build(passphrase));
        }
        char[] characters =
                algorithm.on(PKCSObjectIdentifiers.pkcs_5) ? bytesOf(passphrase) : passphrase;
        return key.decryptPrivateKeyInfo(
                new JceOpenSSLPKCS8DecryptorProviderBuilder()
                        .setProvider(JcaProviders.BOUNCY_CASTLE)
                        .build(characters));
    }

    /// PBES1 of PKCS#5 takes bytes: UTF-8 by openssl. Bouncy Castle takes the low byte of each
    /// character, so each character here is one byte of UTF-8.
    private static char[] bytesOf(char[] passphrase) {
        byte[] bytes = Strings.toUTF8ByteArray(passphrase);
        char[] characters = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            characters[i] = (char) (bytes[i] & 0xff);
        }
        Arrays.fill(bytes, (byte) 0);
        return characters;
    }
}
