package org.precertocsp.responder.freshness;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.answer.KeptResponse;
import org.precertocsp.responder.answer.ResponseKey;

/// The result of a due renewal, which is no longer due, except as stated here.
///
/// @param renewed responses to store, and to plan again
/// @param dropped responses to delete
/// @param again when it is due again
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
