package org.precertocsp.signer;

import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;

/// The two names of a certificate, byte for byte as they stand in it.
///
/// Bouncy Castle sorts the values of a multi-valued RDN when it encodes a parsed name again; a CA
/// name written in another order would then hash to something no client sends (CI-01).
record CertificateNames(ByteString issuer, ByteString subject) {
    /// @throws MalformedDerException if it is not a certificate
    static CertificateNames in(ByteString certificate) throws MalformedDerException {
        DerReader tbs =
                DerReader.lenient(certificate.toArray())
                        .inside(DerTag.SEQUENCE, "a certificate")
                        .inside(DerTag.SEQUENCE, "a TBSCertificate");
        tbs.nextIf(DerTag.context(0)); // version
        tbs.next(); // serial
        tbs.next(); // signature algorithm
        tbs.next();
        ByteString issuer = tbs.encoded();
        tbs.next(); // validity
        tbs.next();
        return new CertificateNames(issuer, tbs.encoded());
    }
}
