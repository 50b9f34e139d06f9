package org.precertocsp.responder.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// A serial that appeared in a Certificate Transparency log before any feed of the CA contained it
/// (CT-20): an incident, unless the CA's feed is only a little late.
///
/// @param assigned false if the issuer's policy is to alert only, so that nothing was assigned
/// @param seenAt when the log's entry was read, whole seconds UTC
public record CtObservation(
        SerialKey key, LoggedDocument document, boolean assigned, Instant seenAt, State state) {
    /// The document in the log, with the facts that incident reports must include (IS-06).
    ///
    /// @param log its name
    /// @param entry index in the log
    /// @param loggedAt the log's own time of the entry, whole milliseconds
    /// @param by precertificate or certificate
    /// @param sha256 of the document's DER
    public record LoggedDocument(
            String log, long entry, Instant loggedAt, AssignedBy by, ByteString sha256) {}

    /// The state of the observation; times are whole seconds UTC.
    public sealed interface State {
        /// The CA's feed may still contain it in time.
        record Waiting() implements State {}

        /// The feed did not contain it in time; an alert was raised.
        record Incident(Instant since) implements State {
            public Incident {
                since = since.truncatedTo(ChronoUnit.SECONDS);
            }
        }

        /// The feed contained it, but only after the alert.
        record FedLate(Instant since, Instant fed) implements State {
            public FedLate {
                since = since.truncatedTo(ChronoUnit.SECONDS);
                fed = fed.truncatedTo(ChronoUnit.SECONDS);
            }
        }
    }

    public CtObservation {
        seenAt = seenAt.truncatedTo(ChronoUnit.SECONDS);
    }

    public CtObservation in(State next) {
        return new CtObservation(key, document, assigned, seenAt, next);
    }

    /// The observation after a feed of the CA contained the serial; empty if that was in time.
    public Optional<CtObservation> fed(Instant at) {
        return switch (state) {
            case State.Waiting _ -> Optional.empty();
            case State.Incident(Instant since) -> Optional.of(in(new State.FedLate(since, at)));
            case State.FedLate _ -> Optional.of(this);
        };
    }
}
