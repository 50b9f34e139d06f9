package org.precertocsp.responder.intake.certificate;

import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// A Precertificate Signing Certificate of a configured issuer (CT-06).
///
/// @param finalIssuer the CA that certified it, and that issues the certificates
/// @param authorityKey extnValue of its authority key identifier, tag and length included: the one
///   in the certificates of its CA
record PrecertificateSigningCertificate(
        IssuerCertificate certificate,
        ConfiguredIssuer finalIssuer,
        Optional<ByteString> authorityKey) {
    /// id-kp-precertificateSigning, 1.3.6.1.4.1.11129.2.4.4, with tag and length.
    static final ByteString PURPOSE = ByteString.ofHex("060a2b06010401d679020404");

    /// Whether the certificate claims the purpose, rightly or not.
    static boolean isClaimedBy(RawCertificate certificate) {
        try {
            return purposes(certificate).contains(PURPOSE);
        } catch (MalformedDerException _) {
            return false;
        }
    }

    /// @throws InvalidCertificateException names the rule of RFC 6962 §3.1 that it breaks
    static PrecertificateSigningCertificate of(RawCertificate certificate, IssuerNameIndex issuers)
            throws InvalidCertificateException {
        try {
            if (PoisonExtension.of(certificate).isThere()) {
                throw problem("it is a precertificate itself");
            }
            if (!purposes(certificate).equals(List.of(PURPOSE))) {
                throw problem("its extended key usage is not exactly 1.3.6.1.4.1.11129.2.4.4");
            }
            if (!certificate.isCa()) {
                throw problem("it is not a CA certificate");
            }
            ConfiguredIssuer issuer =
                    issuers.signerOf(certificate)
                            .orElseThrow(() -> notCertified(certificate, issuers));
            return new PrecertificateSigningCertificate(
                    IssuerCertificate.parse(certificate.der()),
                    issuer,
                    certificate
                            .extension(RawExtension.AUTHORITY_KEY_IDENTIFIER)
                            .map(extension -> extension.value().encoded()));
        } catch (MalformedDerException e) {
            throw problem(e.getMessage());
        }
    }

    private static InvalidCertificateException notCertified(
            RawCertificate certificate, IssuerNameIndex issuers) {
        return issuers.named(certificate.issuerName()).isEmpty()
                ? problem(
                        "it is not certified directly by a configured issuer, but by "
                                + certificate.issuer())
                : problem("its signature does not verify with the key of " + certificate.issuer());
    }

    private static InvalidCertificateException problem(String why) {
        return new InvalidCertificateException(
                "not usable as Precertificate Signing Certificate: " + why + " (CT-06)", null);
    }

    private static List<ByteString> purposes(RawCertificate certificate)
            throws MalformedDerException {
        Optional<RawExtension> usage = certificate.extension(RawExtension.EXTENDED_KEY_USAGE);
        if (usage.isEmpty()) {
            return List.of();
        }
        DerElement list = usage.get().value().onlyChild();
        return list.expect(DerTag.SEQUENCE, "extended key usage").children().stream()
                .map(DerElement::encoded)
                .toList();
    }
}
