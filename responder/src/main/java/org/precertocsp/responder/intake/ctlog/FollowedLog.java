package org.precertocsp.responder.intake.ctlog;

import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.ctlog.client.CtLog;

/// A log to follow.
///
/// @param name for people: its address, or its description in a log list
/// @param id SHA-256 of its key
public record FollowedLog(String name, Octets id, CtLog log) {}
