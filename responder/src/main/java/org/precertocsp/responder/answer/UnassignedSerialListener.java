package org.precertocsp.responder.answer;

import org.precertocsp.ocsp.IssuerKey;

/// Notified of every request for a serial of a served issuer that is unassigned (BR 4.9.9). Called
/// on event loops before the reply: never blocks, allocates nothing. Thread-safe.
@FunctionalInterface
public interface UnassignedSerialListener {
    /// Ignores all requests.
    UnassignedSerialListener NONE = (_, _, _, _) -> {};

    /// @param source contains the serial's content bytes; valid during the call only
    void asked(IssuerKey issuer, byte[] source, int offset, int length);
}
