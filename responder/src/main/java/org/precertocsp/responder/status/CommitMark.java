package org.precertocsp.responder.status;

import org.precertocsp.der.ByteString;

/// Identifies the newest set of changes a store has committed. The audit log records the same mark
/// before the set takes effect, so after a crash, a failed write or a restored backup the two can
/// be compared: the store contains every set up to its mark.
///
/// @param set number of the set's first record in the audit log
/// @param value random, so that a store and a log of different histories never match by chance
public record CommitMark(long set, ByteString value) {}
