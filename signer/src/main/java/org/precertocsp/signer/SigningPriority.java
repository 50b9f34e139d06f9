package org.precertocsp.signer;

/// The order in which signatures are made when signing capacity is short.
public enum SigningPriority {
    /// Answers that became wrong because their certificate was revoked.
    REVOCATION,
    /// Answers a client waits for.
    LIVE,
    /// Answers made ahead of time. They wait as long as it takes; a share of the places is theirs.
    RENEWAL,
    /// Answers good for one request alone: about several certificates, with the client's nonce, or
    /// `unknown`. No cache holds them off, so whoever asks for many would otherwise have the key.
    SINGLE_USE
}
