package org.precertocsp.responder.intake.ctlog;

import org.precertocsp.responder.intake.ctlog.entry.Candidate;
import org.precertocsp.responder.status.SerialKey;

/// Hears of every serial that a log was first to bring. After the first pass over a log, each is an
/// incident: the CA's own feed missed it (CT-20). Called once the serial is stored.
@FunctionalInterface
public interface Discoveries {
    Discoveries IGNORED = (_, _) -> {};

    void found(SerialKey serial, Candidate entry);
}
