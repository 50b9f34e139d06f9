package org.precertocsp.responder.merkle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.precertocsp.ocsp.Octets;

/// The right edge of a growing tree: the roots of the perfect subtrees it falls into, largest
/// first, one for each 1 bit of its size. All that must be kept to go on adding leaves and to know
/// the root. Not thread-safe.
public final class Frontier {
    private final TreeHash hash = new TreeHash();
    private final List<byte[]> subtrees = new ArrayList<>();
    private long size;

    /// The edge of the tree without leaves.
    public Frontier() {}

    /// The edge of a tree seen before.
    ///
    /// @param subtrees largest first; unproven until a root matches
    /// @throws IllegalArgumentException if a tree of that size has another number of them
    public Frontier(long size, List<Octets> subtrees) {
        if (size < 0 || Long.bitCount(size) != subtrees.size()) {
            throw new IllegalArgumentException(
                    "a tree of %d leaves does not have %d subtrees"
                            .formatted(size, subtrees.size()));
        }
        for (Octets subtree : subtrees) {
            if (subtree.length() != TreeHash.LENGTH) {
                throw new IllegalArgumentException("a hash of " + subtree.length() + " bytes");
            }
            this.subtrees.add(subtree.toArray());
        }
        this.size = size;
    }

    public long size() {
        return size;
    }

    /// Largest first.
    public List<Octets> subtrees() {
        return subtrees.stream().map(Octets::of).toList();
    }

    /// Adds one leaf by its hash, which the tree keeps: never change the array afterwards.
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
        if (leafHashes.length % TreeHash.LENGTH != 0) {
            throw new IllegalArgumentException(leafHashes.length + " bytes of hashes");
        }
        for (int at = 0; at < leafHashes.length; at += TreeHash.LENGTH) {
            add(Arrays.copyOfRange(leafHashes, at, at + TreeHash.LENGTH));
        }
    }

    public Octets root() {
        if (subtrees.isEmpty()) {
            return Octets.of(hash.empty());
        }
        byte[] root = subtrees.getLast();
        for (int i = subtrees.size() - 2; i >= 0; i--) {
            root = hash.node(subtrees.get(i), root);
        }
        return Octets.of(root);
    }
}
