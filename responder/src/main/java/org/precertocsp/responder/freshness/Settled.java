package org.precertocsp.responder.freshness;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.answer.KeptResponse;
import org.precertocsp.responder.answer.ResponseKey;

/// What was done about something due: it is due no longer, but for what is said here.
///
/// @param renewed to be stored, and planned again
/// @param dropped to be forgotten, since nobody will renew them
/// @param again when to look at it once more
public record Settled(
        DueRenewal due,
        List<KeptResponse> renewed,
        List<ResponseKey> dropped,
        Optional<Instant> again) {
    public Settled {
        renewed = List.copyOf(renewed);
        dropped = List.copyOf(dropped);
    }
}
