package org.precertocsp.signer;

/// Whose signatures come first when places are short, in this order.
public enum SigningLane {
    /// Answers that became wrong because their certificate was revoked.
    REVOCATION,
    /// Answers a client waits for.
    LIVE,
    /// Answers made ahead of time. They wait as long as it takes, in places nobody else needs.
    RENEWAL
}
