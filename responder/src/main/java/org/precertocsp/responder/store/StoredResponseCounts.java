package org.precertocsp.responder.store;

/// The number of stored responses; a snapshot.
///
/// @param stored approximately
/// @param queued future renewals, approximately
/// @param kept live ones written since start
/// @param dropped live ones not written since start, because too many waited or the disk failed
/// @param waiting live ones to be written
/// @param unreadable rows found since start that a newer program wrote or that are damaged
public record StoredResponseCounts(
        long stored, long queued, long kept, long dropped, long waiting, long unreadable) {}
