package org.precertocsp.responder.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;

/// Frontier and proofs against the definitions of RFC 6962 §2.1, computed the slow way.
final class MerkleTreeTest {
    private static final int MOST = 300;
    private static final List<ByteString> LEAVES = leaves();

    private static List<ByteString> leaves() {
        MerkleHasher hash = new MerkleHasher();
        List<ByteString> leaves = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            byte[] leaf = new byte[MerkleHasher.LENGTH];
            byte[] entry = ByteBuffer.allocate(4).putInt(i).array();
            hash.leaf(new byte[0], entry, 0, 4, leaf, 0);
            leaves.add(ByteString.of(leaf));
        }
        return leaves;
    }

    /// MTH of the leaves `from` to `to`.
    private static ByteString root(int from, int to) {
        if (to == from) {
            return HashAlgorithm.SHA256.hash(ByteString.of());
        }
        if (to - from == 1) {
            return LEAVES.get(from);
        }
        int half = 1;
        while (2 * half < to - from) {
            half *= 2;
        }
        ByteBuffer node = ByteBuffer.allocate(65).put((byte) 1);
        node.put(root(from, from + half).toArray()).put(root(from + half, to).toArray());
        return HashAlgorithm.SHA256.hash(ByteString.of(node.array()));
    }

    private static ConsistencyProof.Tree tree(int size) {
        return new ConsistencyProof.Tree(size, root(0, size));
    }

    private static List<ByteString> proof(int first, int second) {
        return ConsistencyProof.between(first, second, MerkleTreeTest::subtree);
    }

    private static ByteString subtree(int level, long index) {
        return root((int) index << level, ((int) index + 1) << level);
    }

    private static CompactRange frontier(int size) {
        CompactRange frontier = new CompactRange();
        LEAVES.subList(0, size).forEach(leaf -> frontier.add(leaf.toArray()));
        return frontier;
    }

    @Test
    void leaf_is_hashed_with_its_prefix() {
        byte[] leaf = new byte[MerkleHasher.LENGTH];
        new MerkleHasher().leaf(new byte[] {1, 2}, new byte[] {9, 3, 9}, 1, 2, leaf, 0);

        assertThat(ByteString.of(leaf))
                .isEqualTo(
                        HashAlgorithm.SHA256.hash(
                                ByteString.of((byte) 0, (byte) 1, (byte) 2, (byte) 3)));
    }

    @Property(tries = 200)
    void frontier_has_the_root_of_its_leaves(@ForAll @IntRange(max = MOST) int size) {
        assertThat(frontier(size).root()).isEqualTo(root(0, size));
        assertThat(frontier(size).size()).isEqualTo(size);
    }

    @Property(tries = 200)
    void frontier_goes_on_where_it_was_left(
            @ForAll @IntRange(max = MOST) int one, @ForAll @IntRange(max = MOST) int other) {
        int size = Math.min(one, other);
        CompactRange later = new CompactRange(size, frontier(size).subtrees());
        assertThat(later.subtrees())
                .isEqualTo(ConsistencyProof.edge(size, MerkleTreeTest::subtree));

        LEAVES.subList(size, Math.max(one, other)).forEach(leaf -> later.add(leaf.toArray()));

        assertThat(later.root()).isEqualTo(root(0, Math.max(one, other)));
    }

    @Test
    void frontier_refuses_subtrees_its_size_cannot_have() {
        List<ByteString> one = frontier(4).subtrees();
        assertThatThrownBy(() -> new CompactRange(3, one))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CompactRange(1, List.of(ByteString.of((byte) 1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Requirement("CT-08")
    void every_proof_between_small_trees_holds_and_no_other_does() {
        for (int second = 0; second <= 40; second++) {
            for (int first = 0; first <= second; first++) {
                List<ByteString> nodes = proof(first, second);
                assertThat(ConsistencyProof.proves(nodes, tree(first), tree(second)))
                        .as("%d to %d", first, second)
                        .isTrue();
                assertNothingElseProves(nodes, first, second);
            }
        }
    }

    private static void assertNothingElseProves(List<ByteString> nodes, int first, int second) {
        ConsistencyProof.Tree forked = new ConsistencyProof.Tree(second, root(1, second + 1));
        // Every tree begins with the empty one.
        assertThat(ConsistencyProof.proves(nodes, tree(first), forked)).isEqualTo(first == 0);
        for (int i = 0; i < nodes.size(); i++) {
            List<ByteString> shorter = new ArrayList<>(nodes);
            shorter.remove(i);
            assertThat(ConsistencyProof.proves(shorter, tree(first), tree(second))).isFalse();
            List<ByteString> changed = new ArrayList<>(nodes);
            changed.set(i, LEAVES.getLast());
            assertThat(ConsistencyProof.proves(changed, tree(first), tree(second))).isFalse();
        }
        List<ByteString> longer = new ArrayList<>(nodes);
        longer.add(LEAVES.getLast());
        assertThat(ConsistencyProof.proves(longer, tree(first), tree(second))).isFalse();
    }

    @Property(tries = 200)
    @Requirement("CT-08")
    void a_tree_proves_its_beginnings(
            @ForAll @IntRange(max = MOST) int one, @ForAll @IntRange(max = MOST) int other) {
        int first = Math.min(one, other);
        int second = Math.max(one, other);
        assertThat(ConsistencyProof.proves(proof(first, second), tree(first), tree(second)))
                .isTrue();
    }

    @Test
    void nothing_is_proven_backwards() {
        assertThat(ConsistencyProof.proves(List.of(), tree(5), tree(3))).isFalse();
        assertThat(ConsistencyProof.proves(List.of(), tree(3), tree(5))).isFalse();
    }
}
