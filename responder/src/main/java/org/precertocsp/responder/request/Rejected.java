package org.precertocsp.responder.request;

/// A request that cannot be answered.
///
/// @param why for logs and tests; never sent
public record Rejected(OcspError error, String why) implements Decoded {}
