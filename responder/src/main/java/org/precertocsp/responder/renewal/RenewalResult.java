package org.precertocsp.responder.renewal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;

/// The result of a due renewal, which is no longer due, except as stated here.
///
/// @param renewed responses to store, and to plan again
/// @param dropped responses to delete
/// @param again when it is due again
public record RenewalResult(
        DueRenewal due,
        List<StoredResponse> renewed,
        List<ResponseKey> dropped,
        Optional<Instant> again) {
    public RenewalResult {
        renewed = List.copyOf(renewed);
        dropped = List.copyOf(dropped);
    }
}
