package org.precertocsp.responder.admin;

import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

/// One requested change of a serial, parsed and checked as far as that is possible without the
/// store.
///
/// @param issuer its name in the configuration
/// @param demand the change to make
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
        /// Empty if the record has all of it already.
        ///
        /// @throws ApiException it contradicts the record
        Optional<StatusChange> against(Optional<StatusRecord> known) throws ApiException;
    }

    public ChangeRequest {
        warnings = List.copyOf(warnings);
    }
}
