package org.precertocsp.responder.request;

/// @param maxCertIds in one request; a request with more is malformed
public record RequestLimits(int maxCertIds) {}
