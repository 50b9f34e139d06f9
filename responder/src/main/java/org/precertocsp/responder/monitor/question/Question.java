package org.precertocsp.responder.monitor.question;

import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.Octets;

/// An OCSP request for one certificate.
///
/// @param name what is special about it, in a few words
/// @param asked what the answer must repeat
/// @param der as it is sent
public record Question(String name, CertId asked, Octets der) {}
