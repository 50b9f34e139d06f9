/// Loading files of revocations and issued certificates: the part that all feeds share. Each kind
/// of file has a package of its own, which only reads: certificates, CRLs, CSV, index.txt. The
/// spool loads files from a directory; Certificate Transparency logs have their own follower.
///
/// Start with [FeedLoader], which loads one file whole or not at all, and [FeedReader], which each
/// kind of file implements. The feed's thread reads and puts records into a [ChangeQueue]; the
/// loader's thread takes them out, applies them to one change set ([FeedLoader.ChangeApplier]) and
/// counts the outcome of each ([LoadCounters]). The result is a [LoadSummary], the same for the
/// command, the API and the spool.
///
/// The rule behind the details: a file that says that a certificate is revoked must never be the
/// reason that it is answered good (invariant 8). So a record is used as far as it can be
/// understood, with a warning about the rest; and if a revocation is rejected nevertheless,
/// [LoadAlerts] raises an alert with the serials.
///
/// [TimeParser], [ReasonParser] and [SerialParser] parse the values that common tools write.
/// [FeedLoader.WrongIssuerCheck] detects a list that is loaded for the wrong issuer.
@NullMarked
package org.precertocsp.responder.intake;

import org.jspecify.annotations.NullMarked;
