package org.precertocsp.responder.ctlog;

import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.merkle.MerkleHasher;

/// Consecutive entries after filtering: the leaf hashes that the tree needs, and the few entries of
/// configured issuers.
///
/// @param first index of the first entry
/// @param leafHashes concatenated, 32 bytes each
/// @param unreadable indexes of leaves that are not a MerkleTreeLeaf, at most
///   [EntryFilter#MAX_UNREADABLE]; they are part of the tree, too
public record EntryPage(
        long first, ByteString leafHashes, List<CandidateEntry> candidates, List<Long> unreadable) {
    public EntryPage {
        candidates = List.copyOf(candidates);
        unreadable = List.copyOf(unreadable);
    }

    /// Number of entries.
    public int count() {
        return leafHashes.length() / MerkleHasher.LENGTH;
    }

    /// The entries from `from` to `to`, exclusive, all of which must be here.
    public EntryPage part(long from, long to) {
        if (from == first && to == first + count()) {
            return this;
        }
        int start = (int) (from - first) * MerkleHasher.LENGTH;
        int length = (int) (to - from) * MerkleHasher.LENGTH;
        return new EntryPage(
                from,
                ByteString.of(leafHashes.toArray(), start, length),
                candidates.stream().filter(c -> c.index() >= from && c.index() < to).toList(),
                unreadable.stream().filter(index -> index >= from && index < to).toList());
    }
}
