package org.precertocsp.responder.metrics.unassigned;

/// The current counts of one issuer's requests for unassigned serials.
///
/// @param requests since the process started
/// @param distinct different serials in this hour, estimated
/// @param usual requests per hour
public record UnassignedRequestCount(String issuer, long requests, long distinct, double usual) {}
