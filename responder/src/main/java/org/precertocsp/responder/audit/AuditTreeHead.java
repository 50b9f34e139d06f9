package org.precertocsp.responder.audit;

import org.precertocsp.der.ByteString;

/// A log's size and root as its writer computed them at one moment.
///
/// @param size number of records sealed by a checkpoint, that one included
/// @param root of the tree over them
public record AuditTreeHead(CheckpointVerifier verifier, long size, ByteString root) {}
