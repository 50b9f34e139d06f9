package org.precertocsp.responder.merkle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.precertocsp.der.ByteString;

/// The right edge of a growing tree: the roots of the perfect subtrees that make it up, largest
/// first, one for each 1 bit of its size. This is all that is needed to add leaves and to compute
/// the root. Not thread-safe.
public final class CompactRange {
    private final MerkleHasher hash = new MerkleHasher();
    private final List<byte[]> subtrees = new ArrayList<>();
    private long size;

    /// The edge of the empty tree.
    public CompactRange() {}

    /// The edge of an existing tree.
    ///
    /// @param subtrees largest first; unproven until a root matches
    /// @throws IllegalArgumentException a tree of that size has a different number of subtrees
    public CompactRange(long size, List<ByteString> subtrees) {
        if (size < 0 || Long.bitCount(size) != subtrees.size()) {
            throw new IllegalArgumentException(
                    "a tree of %d leaves does not have %d subtrees"
                            .formatted(size, subtrees.size()));
        }
        for (ByteString subtree : subtrees) {
            if (subtree.length() != MerkleHasher.LENGTH) {
                throw new IllegalArgumentException("a hash of " + subtree.length() + " bytes");
            }
            this.subtrees.add(subtree.toArray());
        }
        this.size = size;
    }

    public long size() {
        return size;
    }

    /// The roots of the perfect subtrees, largest first.
    public List<ByteString> subtrees() {
        return subtrees.stream().map(ByteString::of).toList();
    }

    /// Adds one leaf by its hash, which is stored without copying: never change the array
    /// afterwards.
    public void add(byte[] leafHash) {
        byte[] right = leafHash;
        // As in binary counting: every trailing 1 of the size is a subtree that is now full.
        for (long bits = size; (bits & 1) == 1; bits >>>= 1) {
            right = hash.node(subtrees.removeLast(), right);
        }
        subtrees.add(right);
        size++;
    }

    /// Adds leaves by their hashes, one after another in one array.
    public void addAll(byte[] leafHashes) {
        if (leafHashes.length % MerkleHasher.LENGTH != 0) {
            throw new IllegalArgumentException(leafHashes.length + " bytes of hashes");
        }
        for (int at = 0; at < leafHashes.length; at += MerkleHasher.LENGTH) {
            add(Arrays.copyOfRange(leafHashes, at, at + MerkleHasher.LENGTH));
        }
    }

    public ByteString root() {
        if (subtrees.isEmpty()) {
            return ByteString.of(hash.empty());
        }
        byte[] root = subtrees.getLast();
        for (int i = subtrees.size() - 2; i >= 0; i--) {
            root = hash.node(subtrees.get(i), root);
        }
        return ByteString.of(root);
    }
}
