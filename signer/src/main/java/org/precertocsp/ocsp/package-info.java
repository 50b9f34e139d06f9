/// The vocabulary of OCSP (RFC 6960) as values: immutable, compared by content, free of I/O.
///
/// Start at [CertId], which identifies a certificate in a request. It is resolved to an [IssuerKey]
/// and a [Serial]; the response states a [CertStatus] for a [ValidityWindow]. [IssuerProfile] is
/// data, not code: everything in which the rules for TLS, code signing, S/MIME and private CAs
/// differ.
///
/// The hard idea is that bytes are kept as issued. A serial is the content bytes of its INTEGER,
/// and a name is kept as it stands in the certificate: clients hash and compare bytes, so two
/// encodings of one value are two different values here.
@NullMarked
package org.precertocsp.ocsp;

import org.jspecify.annotations.NullMarked;
