package org.precertocsp.responder.admin;

import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

/// One thing a caller says of one serial, read and found in order as far as the store is not
/// needed.
///
/// @param issuer its name in the configuration
/// @param demand what becomes of the record
/// @param comment why, for the history
/// @param warnings what an operator should look at
public record ChangeRequest(
        String issuer,
        SerialKey key,
        Demand demand,
        Optional<String> comment,
        List<String> warnings) {

    /// The change that is requested, compared with the record of the serial.
    @FunctionalInterface
    public interface Demand {
        /// Empty if all of it is known already.
        ///
        /// @throws Objection it does not fit what is known
        Optional<StatusChange> against(Optional<StatusRecord> known) throws ApiException;
    }

    public ChangeRequest {
        warnings = List.copyOf(warnings);
    }
}
