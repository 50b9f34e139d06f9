package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;

/// The state of one serial in a store when a change arrives. [ChangeRules] reads the lists only if
/// the record is not sufficient, so a store loads them on demand.
public interface CurrentState {
    Optional<StatusRecord> record();

    /// The evidence recorded; all documents in it share one contentSha256.
    List<ChangeEffect.Carried> carried();

    /// The documents that contradict that evidence.
    List<ChangeEffect.Disputed> disputed();
}
