package org.precertocsp.loadtest.corpus;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/// Not random at all: the bytes SHA-256(seed, purpose, 0), SHA-256(seed, purpose, 1) …
///
/// With it, keys and signatures of a corpus are the same wherever it is made. The seed is enough to
/// compute the private keys, so they must protect nothing.
final class SeededRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private final String purpose;
    private long counter;

    SeededRandom(long seed, String purpose) {
        super(null, null);
        this.seed = seed;
        this.purpose = purpose;
    }

    @Override
    public synchronized void nextBytes(byte[] target) {
        for (int done = 0; done < target.length; ) {
            byte[] block = block();
            int length = Math.min(block.length, target.length - done);
            System.arraycopy(block, 0, target, done, length);
            done += length;
        }
    }

    @Override
    public byte[] generateSeed(int length) {
        byte[] bytes = new byte[length];
        nextBytes(bytes);
        return bytes;
    }

    private byte[] block() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(16).putLong(seed).putLong(counter++).flip());
            return digest.digest(purpose.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
