package org.precertocsp.responder.request;

/// @param maxCertIds asked in one request; more are malformed
public record RequestLimits(int maxCertIds) {}
