package org.precertocsp.responder.answer;

import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.status.SerialKey;

/// Identifies one response: a serial, and the form of CertID in the request, which the response
/// repeats byte for byte (CI-06, CI-07).
public record ResponseKey(SerialKey serial, HashAlgorithm hash, DigestParameters parameters) {
    /// The CertID this response answers.
    public CertId certId() {
        return serial.issuer().certId(hash, parameters, serial.serial());
    }
}
