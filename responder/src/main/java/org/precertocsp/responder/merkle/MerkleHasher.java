package org.precertocsp.responder.merkle;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.precertocsp.der.ByteString;

/// The hashes of leaves and nodes (RFC 6962 §2.1). Not thread-safe: it keeps one digest, so that
/// hashing a million leaves makes no garbage.
public final class MerkleHasher {
    /// Bytes of every hash.
    public static final int LENGTH = 32;

    private static final byte LEAF = 0x00;
    private static final byte NODE = 0x01;

    private final MessageDigest digest;

    public MerkleHasher() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// The root of a tree without leaves.
    public byte[] empty() {
        return digest.digest();
    }

    /// Writes the hash of a leaf to `target` at `at`.
    ///
    /// @param prefix what the leaf starts with and `source` does not hold
    /// @param to end of the leaf in `source`, exclusive
    public void leaf(byte[] prefix, byte[] source, int from, int to, byte[] target, int at) {
        digest.update(LEAF);
        digest.update(prefix);
        digest.update(source, from, to - from);
        try {
            digest.digest(target, at, LENGTH);
        } catch (DigestException e) {
            throw new IllegalArgumentException("no room for a hash at " + at, e);
        }
    }

    public byte[] node(byte[] left, byte[] right) {
        digest.update(NODE);
        digest.update(left);
        return digest.digest(right);
    }

    /// The root over a whole number of hashes lying one after another.
    ///
    /// @throws IllegalArgumentException if there is none, or half a hash
    public ByteString root(byte[] hashes) {
        CompactRange frontier = new CompactRange();
        frontier.addAll(hashes);
        return frontier.root();
    }
}
