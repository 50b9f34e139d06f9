package org.precertocsp.signer;

/// Signs responses for the answer service. Thread-safe.
@FunctionalInterface
public interface ResponseSigner {
    /// Builds and signs one OCSPResponse (RFC 6960 §4.2.1). Blocks while the key is busy, at most
    /// until the content's deadline.
    ///
    /// @throws SignerUnavailableException no signature could be made; nothing was sent, safe to
    ///   retry
    SignedResponse sign(ResponseContent content) throws SignerUnavailableException;

    /// True if signing may wait, without limit, for something outside this process: a token. False
    /// only if it just computes.
    default boolean mayHang() {
        return true;
    }
}
