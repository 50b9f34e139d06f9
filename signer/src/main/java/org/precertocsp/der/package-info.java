/// The Distinguished Encoding Rules of ASN.1 (X.690): the only code in the project that knows how a
/// tag, a length and a time are encoded.
///
/// Start at [DerReader], which reads one element after the other in an array and copies nothing.
/// [DerStreamReader] does the same for input of any length that is never held in memory, such as a
/// CRL of a gigabyte. A reader returns [DerElement]s if a structure is kept rather than read once,
/// and every error is a [MalformedDerException] with the offset. [DerWriter] encodes; it shares no
/// code with the readers, so that either can check the other. [Asn1Time] reads and writes UTCTime
/// and GeneralizedTime.
///
/// The hard idea is that there are two degrees of strictness, and the caller chooses. Requests and
/// our own responses are read strictly: two encodings of one value would be two keys in a cache, or
/// two interpretations of a signature. Certificates and CRLs were signed by others, and a revoked
/// certificate is revoked however badly the CRL is encoded; so a length there may have more bytes
/// than needed. Indefinite lengths are not DER in either case; [BerConverter] makes them definite
/// if the container of a CRL has them.
///
/// Bouncy Castle is not used here: it allocates an object for every element and encodes again what
/// it parsed, while hashes and signatures cover the bytes as issued. The fuzz test compares this
/// package with it.
@NullMarked
package org.precertocsp.der;

import org.jspecify.annotations.NullMarked;
