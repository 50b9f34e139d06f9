/// The Distinguished Encoding Rules of ASN.1 (X.690): the only code in the project that knows how a
/// tag, a length and a time are encoded.
///
/// Start at [DerReader], which reads one element after the other in an array and copies nothing.
/// [DerStreamReader] does the same for input of any length that is never held in memory, such as a
/// CRL of a gigabyte. A reader hands out [DerElement]s where a structure is kept rather than read
/// once, and every fault is a [MalformedDerException] with the offset. [DerWriter] encodes; it
/// shares no code with the readers, so that what one wrote can be checked with the other.
/// [Asn1Time] is both directions of UTCTime and GeneralizedTime.
///
/// The hard idea is that there are two degrees of strictness, and the caller chooses. Requests and
/// our own responses are read strictly: two encodings of one value would be two keys in a cache, or
/// two readings of a signature. Certificates and CRLs were signed by somebody else, and what they
/// revoke is revoked however clumsily it is encoded; so a length there may have more bytes than it
/// needs. Indefinite lengths are no DER in either case; [BerConverter] makes them definite where a
/// container of a CRL has them.
///
/// Bouncy Castle is not used here: it makes an object of every element, and encodes anew what it
/// parsed, while hashes and signatures are over the bytes as issued. It judges this package in the
/// fuzz test.
@NullMarked
package org.precertocsp.der;

import org.jspecify.annotations.NullMarked;
