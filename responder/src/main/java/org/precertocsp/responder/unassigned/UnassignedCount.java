package org.precertocsp.responder.unassigned;

/// One issuer's requests for unassigned serials; a moment's view.
///
/// @param requests since the process started
/// @param distinct different serials in this hour, about
/// @param usual requests an hour
public record UnassignedCount(String issuer, long requests, long distinct, double usual) {}
