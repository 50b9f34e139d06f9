package org.precertocsp.signer;

/// The order in which signatures are made when signing capacity is short.
public enum SigningPriority {
    /// Responses that became wrong because their certificate was revoked.
    REVOCATION,
    /// Responses a client waits for.
    LIVE,
    /// Responses signed in advance. They wait without limit; a share of the permits is theirs.
    RENEWAL,
    /// Responses for a single request: about several certificates, with the client's nonce, or
    /// `unknown`. No cache absorbs such requests, so one client with many of them could otherwise
    /// occupy the key.
    SINGLE_USE
}
