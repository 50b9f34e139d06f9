package org.precertocsp.responder.request;

/// A request that cannot be answered.
///
/// @param why for logs and tests; never sent
public record RejectedRequest(OcspError error, String why) implements DecodeResult {}
