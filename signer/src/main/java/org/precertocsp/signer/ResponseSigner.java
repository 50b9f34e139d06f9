package org.precertocsp.signer;

/// The seam between answering and signing. Thread-safe.
@FunctionalInterface
public interface ResponseSigner {
    /// Builds and signs one OCSPResponse (RFC 6960 §4.2.1). Blocks while the key is busy, at most
    /// until the content's deadline.
    ///
    /// @throws SignerUnavailableException no signature could be made; nothing was sent, safe to
    ///   retry
    SignedResponse sign(ResponseContent content) throws SignerUnavailableException;

    /// True where signing may wait on something outside this process, for ever if need be: a token.
    /// False only where it just computes.
    default boolean mayHang() {
        return true;
    }
}
