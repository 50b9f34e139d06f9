package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.signer.key.Ed25519;

/// The Ed25519 key that signs an audit log: a PKCS#8 file in PEM, as `openssl genpkey -algorithm
/// ed25519` writes it. Thread-safe.
public final class CheckpointSigner {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----\n";
    private static final String END = "\n-----END PRIVATE KEY-----\n";
    // The bytes before the seed in PKCS#8 (RFC 8410 §7).
    private static final byte[] START = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private static final int MAX_FILE_BYTES = 1 << 16;
    private static final byte[] TRIAL = "precert-ocsp".getBytes(StandardCharsets.US_ASCII);

    private final EdECPrivateKey key;
    private final ByteString publicKey;

    private CheckpointSigner(EdECPrivateKey key, ByteString publicKey) {
        this.key = key;
        this.publicKey = publicKey;
    }

    /// Generates a key, in a file that only its owner may read.
    ///
    /// @throws IOException it cannot be written, or the file exists already
    public static CheckpointSigner create(Path file) throws IOException {
        byte[] seed = new byte[CheckpointVerifier.KEY_BYTES];
        new SecureRandom().nextBytes(seed);
        String pem = pem(seed);
        DurableFile.create(
                file,
                out -> out.write(pem.getBytes(StandardCharsets.US_ASCII)),
                DurableFile.permissions("rw-------"));
        DurableFile.syncDirectory(file.resolveSibling("."));
        return read(file);
    }

    /// @throws IOException it cannot be read or is not such a key; the message names the file
    public static CheckpointSigner read(Path file) throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new IOException(file + " is too long for a key");
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END, Math.max(begin, 0));
        if (begin < 0 || end < 0) {
            throw notAKey(file, null);
        }
        try {
            byte[] pkcs8 =
                    Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
            return of(pkcs8);
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw notAKey(file, e);
        }
    }

    private static IOException notAKey(Path file, @Nullable Exception e) {
        return new IOException(
                file
                        + " holds no Ed25519 private key in PEM; make one with: openssl genpkey"
                        + " -algorithm ed25519",
                e);
    }

    private static CheckpointSigner of(byte[] pkcs8) throws GeneralSecurityException {
        PrivateKey key =
                KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        if (!(key instanceof EdECPrivateKey ed) || ed.getBytes().isEmpty()) {
            throw new GeneralSecurityException("the key does not give out its bytes");
        }
        CheckpointSigner seal = new CheckpointSigner(ed, publicKey(ed.getBytes().get()));
        if (!seal.verifier("trial").verifies(TRIAL, seal.sign(TRIAL))) {
            throw new GeneralSecurityException("what the key signs does not verify");
        }
        return seal;
    }

    /// PKCS#8 omits the public key, and in the JDK only the key pair generator computes it, from
    /// the seed that it requests from its random source.
    private static ByteString publicKey(byte[] seed) {
        byte[] info = generator(new Drawn(seed)).generateKeyPair().getPublic().getEncoded();
        return ByteString.of(
                Arrays.copyOfRange(info, info.length - CheckpointVerifier.KEY_BYTES, info.length));
    }

    private static KeyPairGenerator generator(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519", "SunEC");
            generator.initialize(255, random);
            return generator;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    /// The exact content of the file that [#create] writes.
    public String pem() {
        return pem(key.getBytes().orElseThrow());
    }

    private static String pem(byte[] seed) {
        byte[] pkcs8 = Arrays.copyOf(START, START.length + seed.length);
        System.arraycopy(seed, 0, pkcs8, START.length, seed.length);
        return BEGIN + Base64.getEncoder().encodeToString(pkcs8) + END;
    }

    /// The public key, with the name of one log.
    public CheckpointVerifier verifier(String origin) {
        return new CheckpointVerifier(origin, publicKey);
    }

    /// Signs a text that is no checkpoint, which begins with the name of a log: names have no
    /// spaces.
    ///
    /// @param purpose with a space in it
    public ByteString sign(String purpose, ByteString content) {
        return ByteString.of(sign(CheckpointVerifier.purposed(purpose, content)));
    }

    byte[] sign(byte[] message) {
        try {
            Signature signature = Ed25519.signing(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that was tried signs", e);
        }
    }

    /// A random source that returns a given seed.
    private static final class Drawn extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] seed;

        Drawn(byte[] seed) {
            this.seed = seed.clone();
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(seed, 0, target, 0, target.length);
        }
    }
}
