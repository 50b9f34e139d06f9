package org.precertocsp.signer;

import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;

/// One SingleResponse: the CertID as asked, and what we say of it.
public record SingleResponseContent(CertId certId, CertStatus status) {}
