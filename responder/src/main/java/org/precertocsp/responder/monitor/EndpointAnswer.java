package org.precertocsp.responder.monitor;

/// An endpoint's answer for one serial.
public sealed interface EndpointAnswer {
    /// Good or revoked, signed by an authorised key, and current.
    record Definitive(ParsedSingleResponse single) implements EndpointAnswer {}

    /// Answered, but not definitively, as for a serial that the endpoint does not know.
    record Denied(String what) implements EndpointAnswer {}

    /// No usable answer: no connection, an error, a wrong signature.
    record Failed(String why) implements EndpointAnswer {}

    /// Not requested.
    ///
    /// @param lost true if the endpoint no longer answers; otherwise no answer is needed
    record NotAsked(String why, boolean lost) implements EndpointAnswer {}
}
