package org.precertocsp.responder.ctlog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerTag;
import org.precertocsp.ocsp.HashAlgorithm;

/// The public key of a log: ECDSA over P-256, or RSA of at least 2048 bits (RFC 6962 §2.1.4).
public final class LogPublicKey {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----");

    private static final int SHA256 = 4;
    private static final int RSA = 1;
    private static final int ECDSA = 3;
    private static final int P256_BITS = 256;
    private static final int MIN_RSA_BITS = 2048;
    private static final long MAX_FILE_BYTES = 1 << 16;

    private final ByteString id;
    private final PublicKey key;

    private LogPublicKey(ByteString id, PublicKey key) {
        this.id = id;
        this.key = key;
    }

    /// Reads a key from a file of PEM, base64 or DER, or from base64 itself as in log lists.
    ///
    /// @throws InvalidLogKeyException with the reason
    public static LogPublicKey named(String text) throws InvalidLogKeyException {
        try {
            Path file = Path.of(text);
            if (Files.isRegularFile(file)) {
                if (Files.size(file) > MAX_FILE_BYTES) {
                    throw new InvalidLogKeyException(text + " is too long for a key", null);
                }
                return ofFile(Files.readAllBytes(file), text);
            }
        } catch (InvalidPathException _) {
            // Not a path, so it is the key itself.
        } catch (IOException e) {
            throw new InvalidLogKeyException(text + " cannot be read: " + e, e);
        }
        return parse(text);
    }

    private static LogPublicKey ofFile(byte[] content, String name) throws InvalidLogKeyException {
        if (content.length > 0 && content[0] == DerTag.SEQUENCE) {
            return of(ByteString.of(content));
        }
        try {
            return parse(new String(content, StandardCharsets.ISO_8859_1));
        } catch (InvalidLogKeyException e) {
            throw new InvalidLogKeyException(name + ": " + e.getMessage(), e);
        }
    }

    /// Reads PEM or base64.
    ///
    /// @throws InvalidLogKeyException with the reason
    public static LogPublicKey parse(String text) throws InvalidLogKeyException {
        Matcher pem = PEM.matcher(text);
        String base64 = (pem.find() ? pem.group(1) : text).replaceAll("\\s", "");
        try {
            return of(ByteString.of(Base64.getDecoder().decode(base64)));
        } catch (IllegalArgumentException e) {
            throw new InvalidLogKeyException(
                    "neither a file nor a public key in PEM or base64 as in log lists", e);
        }
    }

    /// @param publicKeyInfo DER of a SubjectPublicKeyInfo
    /// @throws InvalidLogKeyException with the reason
    public static LogPublicKey of(ByteString publicKeyInfo) throws InvalidLogKeyException {
        X509EncodedKeySpec encoded = new X509EncodedKeySpec(publicKeyInfo.toArray());
        for (String algorithm : new String[] {"EC", "RSA"}) {
            try {
                PublicKey key = KeyFactory.getInstance(algorithm).generatePublic(encoded);
                checkStrength(key);
                return new LogPublicKey(HashAlgorithm.SHA256.hash(publicKeyInfo), key);
            } catch (GeneralSecurityException _) {
                // Not of this kind; the other kind is tried.
            }
        }
        throw new InvalidLogKeyException("not an EC or RSA public key in DER", null);
    }

    private static void checkStrength(PublicKey key) throws InvalidLogKeyException {
        boolean strong =
                switch (key) {
                    case ECPublicKey ec -> ec.getParams().getOrder().bitLength() == P256_BITS;
                    case RSAPublicKey rsa -> rsa.getModulus().bitLength() >= MIN_RSA_BITS;
                    default -> false;
                };
        if (!strong) {
            throw new InvalidLogKeyException(
                    "logs sign with P-256, or RSA of at least 2048 bits (RFC 6962 §2.1.4)", null);
        }
    }

    /// The log's ID: SHA-256 of its SubjectPublicKeyInfo (RFC 6962 §3.2).
    public ByteString id() {
        return id;
    }

    /// Checks a head's signature.
    ///
    /// @param digitallySigned hash and signature algorithm, length, signature (RFC 5246 §4.7)
    /// @throws UntrustedTreeHeadException if it was not made with this key
    public void verify(LogTreeHead head, ByteString digitallySigned)
            throws UntrustedTreeHeadException {
        byte[] bytes = digitallySigned.toArray();
        boolean rsa = key instanceof RSAPublicKey;
        if (bytes.length < 4
                || bytes[0] != SHA256
                || bytes[1] != (rsa ? RSA : ECDSA)
                || (ByteBuffer.wrap(bytes).getShort(2) & 0xffff) != bytes.length - 4) {
            throw new UntrustedTreeHeadException(
                    "the signature is not %s with SHA-256, as the log's key requires"
                            .formatted(rsa ? "RSA" : "ECDSA"));
        }
        if (!verifies(rsa ? "SHA256withRSA" : "SHA256withECDSA", head, bytes)) {
            throw new UntrustedTreeHeadException(
                    "the signature does not verify with the log's key (log ID %s)"
                            .formatted(Base64.getEncoder().encodeToString(id.toArray())));
        }
    }

    private boolean verifies(String algorithm, LogTreeHead head, byte[] bytes) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initVerify(key);
            signature.update(head.signedBytes());
            return signature.verify(bytes, 4, bytes.length - 4);
        } catch (GeneralSecurityException _) {
            // The JDK reports malformed signatures like this.
            return false;
        }
    }
}
