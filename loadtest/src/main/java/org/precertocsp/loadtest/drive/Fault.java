package org.precertocsp.loadtest.drive;

/// In what way an answer is wrong. Any of these makes a run fail.
public enum Fault {
    /// Not an OCSPResponse with a BasicOCSPResponse.
    MALFORMED,
    /// `unauthorized` for an assigned serial, or an error status nobody expects.
    RESPONSE_STATUS,
    SIGNATURE,
    /// The signer is neither the issuer nor its delegate.
    SIGNER,
    /// The answer is about another certificate than asked.
    CERT_ID,
    CERT_STATUS,
    /// thisUpdate is in the future or nextUpdate has passed.
    WINDOW,
    /// Another nonce than sent. No nonce at all is right: RFC 5019 responders leave it out.
    NONCE
}
