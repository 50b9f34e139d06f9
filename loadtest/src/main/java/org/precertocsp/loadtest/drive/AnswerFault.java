package org.precertocsp.loadtest.drive;

/// How an answer can be wrong. Any of these fails the run.
public enum AnswerFault {
    /// Not an OCSPResponse with a BasicOCSPResponse.
    MALFORMED,
    /// `unauthorized` for an assigned serial, or an unexpected error status.
    RESPONSE_STATUS,
    SIGNATURE,
    /// The signer is neither the issuer nor its delegate.
    SIGNER,
    /// The answer is about another certificate than requested.
    CERT_ID,
    CERT_STATUS,
    /// thisUpdate is in the future or nextUpdate has passed.
    WINDOW,
    /// Another nonce than sent. No nonce at all is right: RFC 5019 responders omit it.
    NONCE
}
