package org.precertocsp.responder.status;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// All information about one serial and its sources; for operators, not for answers.
///
/// @param evidence oldest first; the first shows how the serial came to be recorded, unless it was
///   announced
/// @param history later changes, oldest first, with the state that was replaced
/// @param conflicts oldest first
public record StatusDetails(
        SerialKey key,
        Optional<StatusRecord> record,
        List<Evidence> evidence,
        List<Event> history,
        List<Conflict> conflicts) {

    /// A document or list that contains the serial.
    ///
    /// @param by the kind of document
    public record Evidence(
            AssignedBy by, Optional<CertificateFingerprint> commitment, ChangeSource source) {}

    /// One change that took effect.
    ///
    /// @param at when its feed was loaded, whole seconds UTC
    public record Event(Instant at, String what, ChangeSource source) {}

    /// A document that contradicts the evidence.
    public record Conflict(
            String why, Optional<CertificateFingerprint> commitment, ChangeSource source) {}

    public StatusDetails {
        evidence = List.copyOf(evidence);
        history = List.copyOf(history);
        conflicts = List.copyOf(conflicts);
    }
}
