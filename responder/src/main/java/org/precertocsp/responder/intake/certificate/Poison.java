package org.precertocsp.responder.intake.certificate;

import java.util.Optional;

/// The extension that makes a precertificate (CT-01, RFC 6962 §3.1).
final class Poison {
    private static final byte[] ASN1_NULL = {0x05, 0x00};

    /// True for a precertificate, false for a certificate.
    ///
    /// @throws MalformedDer if it is neither, with the rule it breaks
    static boolean isIn(RawCertificate certificate) throws MalformedDer {
        Optional<RawExtension> poison = certificate.extension(RawExtension.POISON);
        boolean hasScts = certificate.extension(RawExtension.SCT_LIST).isPresent();
        if (poison.isEmpty()) {
            return false;
        }
        if (!poison.get().critical()) {
            throw new MalformedDer("its poison is not critical (CT-01, RFC 6962 §3.1)");
        }
        if (!poison.get().value().contentEquals(ASN1_NULL)) {
            throw new MalformedDer("its poison is not ASN.1 NULL (CT-01, RFC 6962 §3.1)");
        }
        if (hasScts) {
            throw new MalformedDer(
                    "it has both poison and SCT list (CT-01, Baseline Requirements §7.1.2.9.3)");
        }
        return true;
    }

    private Poison() {}
}
