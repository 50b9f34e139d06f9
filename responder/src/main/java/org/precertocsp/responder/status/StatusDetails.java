package org.precertocsp.responder.status;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Everything known of one serial and why; for people, not for answering.
///
/// @param evidence oldest first; the first tells how the serial came to be recorded, unless it was
///   announced
/// @param history what happened after that, oldest first, with the state that was replaced
/// @param conflicts oldest first
public record StatusDetails(
        SerialKey key,
        Optional<StatusRecord> record,
        List<Evidence> evidence,
        List<Event> history,
        List<Conflict> conflicts) {

    /// A document or list that carries the serial.
    ///
    /// @param by what kind of document
    public record Evidence(
            AssignedBy by, Optional<CertificateFingerprint> commitment, ChangeSource source) {}

    /// One change that took effect.
    ///
    /// @param at when its feed was taken in, whole seconds UTC
    public record Event(Instant at, String what, ChangeSource source) {}

    /// A document that does not agree with the evidence.
    public record Conflict(
            String why, Optional<CertificateFingerprint> commitment, ChangeSource source) {}

    public StatusDetails {
        evidence = List.copyOf(evidence);
        history = List.copyOf(history);
        conflicts = List.copyOf(conflicts);
    }
}
