/// Certificates and precertificates: the poison decides what a document is, name and signature
/// whose it is, and a hash of its content whether it agrees with its counterpart (SS-11 to SS-13).
/// Start at [org.precertocsp.responder.intake.certificate.CertificateFeed].
@NullMarked
package org.precertocsp.responder.intake.certificate;

import org.jspecify.annotations.NullMarked;
