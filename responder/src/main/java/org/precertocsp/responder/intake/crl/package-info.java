/// Reads CRLs of any size, in any wrapping, as revocations.
///
/// Start at [CrlFeed], which reads a file three times from front to back and never holds more of it
/// than a buffer and one entry: for structure and rules, for the signature, and for the entries.
/// [CrlSource] removes the wrappings (PEM, base64, gzip, PKCS #7, BER), [CrlParser] is one pass,
/// [CrlSigner] finds the issuer whose key verifies the list, [CrlRules] and [CrlFeed.CrlSequence]
/// judge the list as a whole, and [CrlEntryProcessor] makes a revocation of each entry that
/// [CrlEntryParser] has parsed.
///
/// The hard idea is that nothing takes effect before the last byte was read and verified, although
/// the list need not fit into memory. So each pass hashes the bytes it reads ([CrlStream]), and a
/// file that changed between two passes is rejected.
///
/// The parsers are lenient on purpose: everything that a verified CRL lists is revoked (invariant
/// 8), and other parts of an entry that cannot be understood are left out with a warning that
/// contains the offset.
@NullMarked
package org.precertocsp.responder.intake.crl;

import org.jspecify.annotations.NullMarked;
