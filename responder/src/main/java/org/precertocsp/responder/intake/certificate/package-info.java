/// Reads certificates and precertificates, from files, the API and Certificate Transparency logs,
/// as assigned serials.
///
/// Start at [CertificateFeed] for files; [SubmittedCertificateVerifier] and
/// [LoggedCertificateVerifier] verify single ones by the same rules. [CertificateFileFormat]
/// recognises the format and returns the reader for it, [RawCertificate] is one certificate split
/// into its fields, [IssuerMatcher] finds the issuer by name and signature together, and
/// [CertificateProcessor] reports the result.
///
/// The hard idea is [TbsNormalizer]: a precertificate and its certificate are the same promise, so
/// both must have the same TBSCertificate once poison, SCT list and the traces of a Precertificate
/// Signing Certificate are removed, byte for byte (SS-11 to SS-13). That is why fields are kept as
/// the CA encoded them and never decoded and encoded again.
///
/// A file is read twice, since a Precertificate Signing Certificate may follow what it signed.
@NullMarked
package org.precertocsp.responder.intake.certificate;

import org.jspecify.annotations.NullMarked;
