package org.precertocsp.responder.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.merkle.CompactRange;
import org.precertocsp.responder.merkle.MerkleHasher;

/// Records one after another, each with the hash of the one before it, and the tree over them. Used
/// by the writer, which extends it, and by the verifier, which follows it. Not thread-safe.
public final class RecordChain {
    private final LeafHash hash = new LeafHash();
    private final CompactRange tree;
    private String last;

    private RecordChain(CompactRange tree, String last) {
        this.tree = tree;
        this.last = last;
    }

    /// The chain of a log without records.
    public static RecordChain empty() {
        return new RecordChain(new CompactRange(), LeafHash.NONE);
    }

    /// The chain before a segment's first record, as the record itself states it; trusted only once
    /// a checkpoint after it proves the root. Empty if the record is malformed.
    public static Optional<RecordChain> before(AuditRecord header) {
        if (!header.kind().equals(RecordKind.SEGMENT)) {
            return Optional.empty();
        }
        List<ByteString> edge = new ArrayList<>();
        try {
            for (JsonNode root : header.tree().path("edge")) {
                edge.add(ByteString.ofHex(root.asText()));
            }
            return Optional.of(
                    new RecordChain(new CompactRange(header.number(), edge), header.previous()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// A chain of the same records that can grow independently.
    RecordChain copy() {
        return new RecordChain(new CompactRange(tree.size(), tree.subtrees()), last);
    }

    /// Verifies and adds one record.
    ///
    /// @return what is wrong with it, in which case nothing was added
    public Optional<String> follow(AuditRecord line) {
        if (line.number() != size()) {
            return Optional.of(
                    "record %d stands where record %d belongs".formatted(line.number(), size()));
        }
        if (!line.previous().equals(last)) {
            return Optional.of(
                    "record %d does not follow what stands before it: one of the two was changed"
                            .formatted(line.number()));
        }
        add(line.bytes());
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

    public ByteString root() {
        return tree.root();
    }

    /// The leaf hash of the last record, in hexadecimal.
    public String last() {
        return last;
    }

    List<String> edge() {
        return tree.subtrees().stream().map(ByteString::toHex).toList();
    }

    /// The hash of a record: its leaf in the tree, and the reference to it in the next record. Not
    /// thread-safe.
    static final class LeafHash {
        /// The previous hash in the first record of a log.
        static final String NONE = "0".repeat(2 * MerkleHasher.LENGTH);

        private static final byte[] NOTHING = {};

        private final MerkleHasher hash = new MerkleHasher();

        byte[] of(byte[] line) {
            byte[] leaf = new byte[MerkleHasher.LENGTH];
            hash.leaf(NOTHING, line, 0, line.length, leaf, 0);
            return leaf;
        }

        static String text(byte[] leaf) {
            return ByteString.of(leaf).toHex();
        }
    }
}
