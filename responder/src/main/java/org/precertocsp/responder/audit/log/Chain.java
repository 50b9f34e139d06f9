package org.precertocsp.responder.audit.log;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.audit.record.Line;
import org.precertocsp.responder.merkle.Frontier;

/// Records one after another, each naming the one before it, and the tree over them. The same on
/// both sides: who writes a log grows it, who checks a log follows it. Not thread-safe.
public final class Chain {
    private final LeafHash hash = new LeafHash();
    private final Frontier tree;
    private String last;

    private Chain(Frontier tree, String last) {
        this.tree = tree;
        this.last = last;
    }

    /// That of a log without records.
    public static Chain empty() {
        return new Chain(new Frontier(), LeafHash.NONE);
    }

    /// That before a segment's first record, as the record itself tells it; to be believed once a
    /// checkpoint after it proves the root. Empty if it tells nonsense.
    public static Optional<Chain> before(Line header) {
        if (!header.kind().equals(Kinds.SEGMENT)) {
            return Optional.empty();
        }
        List<Octets> edge = new ArrayList<>();
        try {
            for (JsonNode root : header.tree().path("edge")) {
                edge.add(Octets.ofHex(root.asText()));
            }
            return Optional.of(new Chain(new Frontier(header.number(), edge), header.previous()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// A chain of the same records that grows by itself.
    Chain copy() {
        return new Chain(new Frontier(tree.size(), tree.subtrees()), last);
    }

    /// Follows one record.
    ///
    /// @return what is wrong with it; then nothing was added
    public Optional<String> follow(Line line) {
        if (line.number() != size()) {
            return Optional.of(
                    "record %d stands where record %d belongs".formatted(line.number(), size()));
        }
        if (!line.previous().equals(last)) {
            return Optional.of(
                    "record %d does not follow what stands before it: one of the two was changed"
                            .formatted(line.number()));
        }
        add(line.octets());
        return Optional.empty();
    }

    void add(byte[] line) {
        byte[] leaf = hash.of(line);
        last = LeafHash.text(leaf);
        tree.add(leaf);
    }

    /// Number of records, and so the number of the next.
    public long size() {
        return tree.size();
    }

    public Octets root() {
        return tree.root();
    }

    /// The leaf hash of the last record, in hexadecimal.
    public String last() {
        return last;
    }

    List<String> edge() {
        return tree.subtrees().stream().map(Octets::toHex).toList();
    }
}
