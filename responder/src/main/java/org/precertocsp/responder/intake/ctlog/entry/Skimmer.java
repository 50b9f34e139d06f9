package org.precertocsp.responder.intake.ctlog.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.merkle.TreeHash;

/// Filters consecutive entries: hashes each, and keeps those that name a configured issuer. Used by
/// one thread for one page.
final class Skimmer {
    /// Unreadable leaves of a page that are listed by index.
    static final int MAX_UNREADABLE = 10;

    private static final byte[] NOTHING = {};

    private final OurIssuers ours;
    private final long first;
    private final TreeHash hash = new TreeHash();
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<Long> unreadable = new ArrayList<>();
    private byte[] hashes = new byte[256 * TreeHash.LENGTH];
    private int count;

    /// @param first index of the first entry
    Skimmer(OurIssuers ours, long first) {
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
        } catch (MalformedEntry _) {
            // Counted below.
        }
        markUnreadable();
        return Optional.empty();
    }

    /// Adds an entry of a tile; true if it may be of a configured issuer.
    boolean add(TimestampedEntry entry) {
        hash(TimestampedEntry.LEAF_HEADER, entry.octets(), entry.start(), entry.end());
        return ours.mayMatch(entry);
    }

    /// Keeps the entry that was added last.
    void keep(TimestampedEntry entry, Submitted submitted) {
        candidates.add(
                new Candidate(first + count - 1, entry.timestamp(), entry.body(), submitted));
    }

    /// Marks the entry that was added last as unreadable.
    void markUnreadable() {
        if (unreadable.size() < MAX_UNREADABLE) {
            unreadable.add(first + count - 1);
        }
    }

    private void hash(byte[] prefix, byte[] source, int from, int to) {
        if ((count + 1) * TreeHash.LENGTH > hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * hashes.length);
        }
        hash.leaf(prefix, source, from, to, hashes, count * TreeHash.LENGTH);
        count++;
    }

    EntryPage page() {
        Octets leafHashes = Octets.of(hashes, 0, count * TreeHash.LENGTH);
        return new EntryPage(first, leafHashes, candidates, unreadable);
    }
}
