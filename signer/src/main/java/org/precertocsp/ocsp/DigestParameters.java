package org.precertocsp.ocsp;

/// How a CertID encodes the parameters of its hash algorithm. Both forms are in use, and clients
/// compare CertIDs byte by byte, so the response repeats the form of the request (CI-07).
public enum DigestParameters {
    NULL,
    ABSENT
}
