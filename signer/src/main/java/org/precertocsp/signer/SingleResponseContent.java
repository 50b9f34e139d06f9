package org.precertocsp.signer;

import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;

/// One SingleResponse: the CertID as requested, and its status.
public record SingleResponseContent(CertId certId, CertStatus status) {}
