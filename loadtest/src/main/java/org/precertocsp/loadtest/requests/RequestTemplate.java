package org.precertocsp.loadtest.requests;

/// A request complete but for its serial and nonce.
sealed interface RequestTemplate permits GetTemplate, PostTemplate {
    /// @param serial as many octets as the template is for
    void fill(byte[] serial, long random, EncodedRequest into);
}
