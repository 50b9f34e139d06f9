package org.precertocsp.ocsp;

/// How a CertID writes the parameters of its hash algorithm. Both forms are in use, and clients
/// compare CertIDs byte by byte, so the answer repeats the form of the question (CI-07).
public enum DigestParameters {
    NULL,
    ABSENT
}
