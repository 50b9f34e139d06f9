package org.precertocsp.responder.answer;

import org.precertocsp.ocsp.IssuerKey;

/// Hears of every request for a serial of ours that nobody assigned (BR 4.9.9). Called on event
/// loops before the reply: never blocks, makes no object. Thread-safe.
@FunctionalInterface
public interface UnassignedSerialListener {
    /// Does not listen.
    UnassignedSerialListener NONE = (_, _, _, _) -> {};

    /// @param source where the serial's content octets stand; valid during the call only
    void asked(IssuerKey issuer, byte[] source, int offset, int length);
}
