package org.precertocsp.responder.merkle;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.precertocsp.der.ByteString;

/// The hashes of leaves and nodes (RFC 6962 §2.1). Not thread-safe: it keeps one digest, so that
/// hashing a million leaves makes no garbage.
public final class MerkleHasher {
    /// Length of every hash in bytes.
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

    /// The root of the empty tree.
    public byte[] empty() {
        return digest.digest();
    }

    /// Writes the hash of a leaf to `target` at `at`.
    ///
    /// @param prefix the start of the leaf, which `source` does not contain
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

    /// The root over one or more concatenated hashes.
    ///
    /// @throws IllegalArgumentException the array is empty, or its length is no multiple of a
    ///   hash's
    public ByteString root(byte[] hashes) {
        CompactRange frontier = new CompactRange();
        frontier.addAll(hashes);
        return frontier.root();
    }
}
