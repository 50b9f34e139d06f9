package org.precertocsp.responder.ctlog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.merkle.MerkleHasher;

/// Filters consecutive entries: hashes each, and keeps those that name a configured issuer. Used by
/// one thread for one page.
final class EntryFilter {
    /// Unreadable leaves of a page that are listed by index.
    static final int MAX_UNREADABLE = 10;

    private static final byte[] NOTHING = {};

    private final IssuerFilter ours;
    private final long first;
    private final MerkleHasher hash = new MerkleHasher();
    private final List<CandidateEntry> candidates = new ArrayList<>();
    private final List<Long> unreadable = new ArrayList<>();
    private byte[] hashes = new byte[256 * MerkleHasher.LENGTH];
    private int count;

    /// @param first index of the first entry
    EntryFilter(IssuerFilter ours, long first) {
        this.ours = ours;
        this.first = first;
    }

    int count() {
        return count;
    }

    /// Adds a whole MerkleTreeLeaf; returns its entry if it may be of a configured issuer.
    Optional<TimestampedEntry> add(byte[] leaf) {
        hash(NOTHING, leaf, 0, leaf.length);
        if (leaf.length < 2 || leaf[0] != 0 || leaf[1] != 0) {
            // Another version or type, which is not an error (CT-07).
            return Optional.empty();
        }
        try {
            TimestampedEntry entry = TimestampedEntry.read(leaf, 2, leaf.length);
            if (entry.end() == leaf.length) {
                return ours.mayMatch(entry) ? Optional.of(entry) : Optional.empty();
            }
        } catch (MalformedEntryException _) {
            // Counted below.
        }
        markUnreadable();
        return Optional.empty();
    }

    /// Adds an entry of a tile; true if it may be of a configured issuer.
    boolean add(TimestampedEntry entry) {
        hash(TimestampedEntry.LEAF_HEADER, entry.bytes(), entry.start(), entry.end());
        return ours.mayMatch(entry);
    }

    /// Keeps the entry that was added last.
    void keep(TimestampedEntry entry, EntryExtraData submitted) {
        candidates.add(
                new CandidateEntry(first + count - 1, entry.timestamp(), entry.body(), submitted));
    }

    /// Marks the entry that was added last as unreadable.
    void markUnreadable() {
        if (unreadable.size() < MAX_UNREADABLE) {
            unreadable.add(first + count - 1);
        }
    }

    private void hash(byte[] prefix, byte[] source, int from, int to) {
        if ((count + 1) * MerkleHasher.LENGTH > hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * hashes.length);
        }
        hash.leaf(prefix, source, from, to, hashes, count * MerkleHasher.LENGTH);
        count++;
    }

    EntryPage page() {
        ByteString leafHashes = ByteString.of(hashes, 0, count * MerkleHasher.LENGTH);
        return new EntryPage(first, leafHashes, candidates, unreadable);
    }
}
