package org.precertocsp.loadtest.requests;

import java.util.Optional;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.Serial;

/// The content of one request, decoded.
public record RequestDescription(
        Serial serial,
        ExpectedStatus expected,
        Method method,
        HashAlgorithm hashAlgorithm,
        Optional<Nonce> nonce) {
    public enum Method {
        GET,
        POST
    }
}
