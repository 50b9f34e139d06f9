package org.precertocsp.responder.ctlog;

import org.precertocsp.der.ByteString;

/// A log to follow.
///
/// @param name for people: its address, or its description in a log list
/// @param id SHA-256 of its key
public record FollowedLog(String name, ByteString id, CtLogClient log) {}
