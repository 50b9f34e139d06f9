package org.precertocsp.responder.merkle;

import java.util.ArrayList;
import java.util.List;
import org.precertocsp.der.ByteString;

/// The proof that one tree is the beginning of another (RFC 6962 §2.1.2).
public final class ConsistencyProof {
    /// Number of nodes in the longest proof between trees of fewer than 2^63 leaves.
    public static final int MAX_NODES = 64;

    private ConsistencyProof() {}

    /// A tree's size and root.
    public record Tree(long size, ByteString root) {}

    /// Returns the root over `2^level` leaves, the first of which has the index `index * 2^level`.
    @FunctionalInterface
    public interface Subtrees<X extends Exception> {
        ByteString at(int level, long index) throws X;
    }

    /// True if the nodes prove that `first` grew into `second`.
    public static boolean proves(List<ByteString> nodes, Tree first, Tree second) {
        if (first.size() > second.size() || first.size() < 0) {
            return false;
        }
        if (first.size() == second.size()) {
            return nodes.isEmpty() && first.root().equals(second.root());
        }
        if (first.size() == 0) {
            return nodes.isEmpty() && first.root().equals(new CompactRange().root());
        }
        return nodes.size() <= MAX_NODES
                && nodes.stream().allMatch(node -> node.length() == MerkleHasher.LENGTH)
                && new Walk(nodes, first, second).succeeds();
    }

    /// Walks from the last leaf of the first tree up to both roots.
    private static final class Walk {
        private final MerkleHasher hash = new MerkleHasher();
        private final List<ByteString> nodes;
        private final Tree first;
        private final Tree second;

        Walk(List<ByteString> nodes, Tree first, Tree second) {
            this.nodes = nodes;
            this.first = first;
            this.second = second;
        }

        boolean succeeds() {
            // The proof omits the starting node if it is the whole first tree.
            boolean whole = Long.bitCount(first.size()) == 1;
            if (!whole && nodes.isEmpty()) {
                return false;
            }
            byte[] start = whole ? first.root().toArray() : nodes.getFirst().toArray();
            byte[] old = start;
            byte[] now = start;
            // The last leaf of either tree, at the level reached.
            int skipped = Long.numberOfTrailingZeros(first.size());
            long node = (first.size() - 1) >>> skipped;
            long last = (second.size() - 1) >>> skipped;
            for (ByteString bytes : nodes.subList(whole ? 0 : 1, nodes.size())) {
                if (last == 0) {
                    return false;
                }
                byte[] next = bytes.toArray();
                if ((node & 1) == 1 || node == last) {
                    old = hash.node(next, old);
                    now = hash.node(next, now);
                    // Levels at which the right edge has no sibling, and the proof therefore no
                    // hash.
                    while ((node & 1) == 0 && node != 0) {
                        node >>>= 1;
                        last >>>= 1;
                    }
                } else {
                    now = hash.node(now, next);
                }
                node >>>= 1;
                last >>>= 1;
            }
            return last == 0
                    && first.root().equals(ByteString.of(old))
                    && second.root().equals(ByteString.of(now));
        }
    }

    /// The proof between two sizes of a tree whose perfect subtrees are known.
    ///
    /// @throws X as `subtrees` does
    public static <X extends Exception> List<ByteString> between(
            long first, long second, Subtrees<X> subtrees) throws X {
        List<ByteString> nodes = new ArrayList<>();
        if (first > 0 && first < second) {
            new Construction<>(subtrees).prove(first, new Range(0, second), true, nodes);
        }
        return nodes;
    }

    /// The roots of the perfect subtrees that make up a tree, as in [CompactRange].
    ///
    /// @throws X as `subtrees` does
    public static <X extends Exception> List<ByteString> edge(long size, Subtrees<X> subtrees)
            throws X {
        List<ByteString> edge = new ArrayList<>();
        long before = 0;
        for (int level = 62; level >= 0; level--) {
            if ((size >>> level & 1) == 1) {
                edge.add(subtrees.at(level, before >>> level));
                before += 1L << level;
            }
        }
        return edge;
    }

    /// Leaves `from` to `to`, exclusive.
    private record Range(long from, long to) {
        /// The index at which its tree splits: the largest power of two below its size.
        long division() {
            return from + Long.highestOneBit(to - from - 1);
        }
    }

    /// SUBPROOF of RFC 6962 §2.1.2.
    private record Construction<X extends Exception>(Subtrees<X> subtrees) {
        void prove(long first, Range range, boolean known, List<ByteString> nodes) throws X {
            if (first == range.to()) {
                if (!known) {
                    nodes.add(root(range));
                }
                return;
            }
            long division = range.division();
            Range left = new Range(range.from(), division);
            Range right = new Range(division, range.to());
            if (first <= division) {
                prove(first, left, known, nodes);
                nodes.add(root(right));
            } else {
                prove(first, right, false, nodes);
                nodes.add(root(left));
            }
        }

        private ByteString root(Range range) throws X {
            long size = range.to() - range.from();
            if (Long.bitCount(size) == 1) {
                int level = Long.numberOfTrailingZeros(size);
                return subtrees.at(level, range.from() >>> level);
            }
            long division = range.division();
            return ByteString.of(
                    new MerkleHasher()
                            .node(
                                    root(new Range(range.from(), division)).toArray(),
                                    root(new Range(division, range.to())).toArray()));
        }
    }
}
