package org.precertocsp.responder.intake.certificate;

import java.util.List;
import java.util.Optional;

/// The extension that marks a precertificate (CT-01, RFC 6962 §3.1), as found in a certificate.
///
/// A faulty one marks a precertificate nevertheless: the CA signed it, so its serial is assigned
/// (Baseline Requirements §4.9.9), and for clients that ignore non-critical extensions it is a
/// certificate. The fault is a warning.
///
/// @param isThere whether the certificate is a precertificate
/// @param fault the fault, with the rule; empty if there is none
record PoisonExtension(boolean isThere, Optional<String> fault) {
    private static final byte[] ASN1_NULL = {0x05, 0x00};

    static PoisonExtension of(RawCertificate certificate) {
        List<RawExtension> found =
                certificate.extensions().stream()
                        .filter(extension -> extension.oid().equals(RawExtension.POISON))
                        .toList();
        if (found.isEmpty()) {
            return new PoisonExtension(false, Optional.empty());
        }
        return new PoisonExtension(true, fault(certificate, found));
    }

    private static Optional<String> fault(RawCertificate certificate, List<RawExtension> found) {
        if (found.size() > 1) {
            return Optional.of(
                    "its poison is there %d times (RFC 5280 §4.2)".formatted(found.size()));
        }
        if (!found.getFirst().critical()) {
            return Optional.of("its poison is not critical (CT-01, RFC 6962 §3.1)");
        }
        if (!found.getFirst().value().contentIs(ASN1_NULL)) {
            return Optional.of("its poison is not ASN.1 NULL (CT-01, RFC 6962 §3.1)");
        }
        boolean hasScts =
                certificate.extensions().stream()
                        .anyMatch(extension -> extension.oid().equals(RawExtension.SCT_LIST));
        return hasScts
                ? Optional.of(
                        "it has both poison and SCT list (CT-01, Baseline Requirements §7.1.2.9.3)")
                : Optional.empty();
    }
}
