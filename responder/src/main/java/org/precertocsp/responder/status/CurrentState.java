package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;

/// The state of one serial in a store when a change arrives. [ChangeRules] asks for the lists only
/// where the record does not settle the matter, so a store reads them when asked.
public interface CurrentState {
    Optional<StatusRecord> record();

    /// The evidence recorded; all documents in it share one contentSha256.
    List<ChangeEffect.Carried> carried();

    /// The documents found in conflict with that evidence.
    List<ChangeEffect.Disputed> disputed();
}
