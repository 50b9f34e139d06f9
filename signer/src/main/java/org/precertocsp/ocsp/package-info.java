/// The vocabulary of OCSP (RFC 6960) as values: immutable, compared by content, free of I/O.
///
/// [CertId] is what a client asks about, [IssuerKey] and [Serial] are what it resolves to,
/// [CertStatus] is what is answered, and [ValidityWindow] for how long. [IssuerProfile] is data,
/// not code: everything in which the rules for TLS, code signing, S/MIME and private CAs differ.
///
/// A serial is kept as the content bytes of its INTEGER, and a name as it stands in the
/// certificate: clients hash and compare bytes, so two encodings of one value are two different
/// things here.
@NullMarked
package org.precertocsp.ocsp;

import org.jspecify.annotations.NullMarked;
