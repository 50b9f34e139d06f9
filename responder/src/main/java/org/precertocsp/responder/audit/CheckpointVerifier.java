package org.precertocsp.responder.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.signer.key.Ed25519;

/// The public key of a log, in the note format `NAME+ID+KEY` (C2SP signed-note).
///
/// @param key the 32 bytes of an Ed25519 public key
public record CheckpointVerifier(String name, ByteString key) {
    static final int KEY_BYTES = 32;
    static final int ID_BYTES = 4;

    /// The kind of signature in a note: Ed25519 over its text.
    private static final byte ED25519 = 0x01;

    // The bytes before the key in a SubjectPublicKeyInfo (RFC 8410 §4).
    private static final ByteString INFO_START = ByteString.ofHex("302a300506032b6570032100");

    public CheckpointVerifier {
        if (name.isEmpty() || !name.matches("[^\\s+]+") || key.length() != KEY_BYTES) {
            throw new IllegalArgumentException("no name or no key of a note: " + name);
        }
    }

    /// Parses `NAME+ID+KEY`; empty if it is malformed, or its ID does not match name and key.
    public static Optional<CheckpointVerifier> parse(String text) {
        String[] parts = text.split("\\+", 3);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            byte[] key = Base64.getDecoder().decode(parts[2]);
            if (key.length != 1 + KEY_BYTES || key[0] != ED25519) {
                return Optional.empty();
            }
            CheckpointVerifier verifier =
                    new CheckpointVerifier(parts[0], ByteString.of(key, 1, KEY_BYTES));
            return verifier.text().equals(text) ? Optional.of(verifier) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// The text form for witnesses and tools.
    public String text() {
        return name
                + "+"
                + HexFormat.of().formatHex(id())
                + "+"
                + Base64.getEncoder().encodeToString(typedKey());
    }

    /// The start of a hash over name and key, with which signatures of a note begin.
    byte[] id() {
        ByteArrayOutputStream hashed = new ByteArrayOutputStream();
        hashed.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        hashed.write('\n');
        hashed.writeBytes(typedKey());
        byte[] hash = HashAlgorithm.SHA256.hash(ByteString.of(hashed.toByteArray())).toArray();
        return Arrays.copyOf(hash, ID_BYTES);
    }

    private byte[] typedKey() {
        byte[] typed = new byte[1 + KEY_BYTES];
        typed[0] = ED25519;
        key.copyTo(typed, 1);
        return typed;
    }

    /// Verifies what [CheckpointSigner#sign(String, ByteString)] signed.
    public boolean verifies(String purpose, ByteString content, ByteString signature) {
        return verifies(purposed(purpose, content), signature.toArray());
    }

    static byte[] purposed(String purpose, ByteString content) {
        if (purpose.indexOf(' ') < 0) {
            throw new IllegalArgumentException("could be the name of a log: " + purpose);
        }
        byte[] name = (purpose + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] both = Arrays.copyOf(name, name.length + content.length());
        content.copyTo(both, name.length);
        return both;
    }

    boolean verifies(byte[] message, byte[] signature) {
        try {
            Signature verification = Ed25519.verifying(publicKey());
            verification.update(message);
            return verification.verify(signature);
        } catch (GeneralSecurityException _) {
            // How the JDK reports a malformed signature or an invalid point.
            return false;
        }
    }

    private PublicKey publicKey() throws GeneralSecurityException {
        byte[] info = new byte[INFO_START.length() + KEY_BYTES];
        INFO_START.copyTo(info, 0);
        key.copyTo(info, INFO_START.length());
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(info));
    }
}
