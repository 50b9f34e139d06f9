/// Merkle trees of RFC 6962 §2.1, for the logs that are read and for the audit log that is written.
///
/// [MerkleHasher] hashes leaves and nodes, [CompactRange] grows a tree leaf by leaf with no more
/// memory than one hash for each bit of its size, and [ConsistencyProof] verifies that one tree is
/// the beginning of another.
///
/// The hard idea is that the right edge is enough: leaves added later are hashed together only with
/// the roots of the perfect subtrees at that edge, so a tree of billions is extended from some
/// thirty hashes.
@NullMarked
package org.precertocsp.responder.merkle;

import org.jspecify.annotations.NullMarked;
