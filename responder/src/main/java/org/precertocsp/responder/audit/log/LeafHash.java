package org.precertocsp.responder.audit.log;

import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.merkle.TreeHash;

/// The hash of a record, both its leaf in the tree and what the next record names it by. Not
/// thread-safe.
final class LeafHash {
    /// The hash that the first record of a log has for the one before it.
    static final String NONE = "0".repeat(2 * TreeHash.LENGTH);

    private static final byte[] NOTHING = {};

    private final TreeHash hash = new TreeHash();

    byte[] of(byte[] line) {
        byte[] leaf = new byte[TreeHash.LENGTH];
        hash.leaf(NOTHING, line, 0, line.length, leaf, 0);
        return leaf;
    }

    static String text(byte[] leaf) {
        return Octets.of(leaf).toHex();
    }
}
