package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FeedRefused;

/// The extensions of a CRL as a whole (RFC 5280 §5.2), read but not yet judged.
///
/// @param deltaBase BaseCRLNumber; present on delta CRLs
/// @param authorityKey the key identifier of authorityKeyIdentifier
/// @param critical object identifiers of those marked critical
record CrlExtensions(
        Optional<BigInteger> number,
        Optional<BigInteger> deltaBase,
        Optional<DistributionPoint> distributionPoint,
        Optional<Octets> authorityKey,
        Set<String> critical) {
    static final String CRL_NUMBER = Extension.cRLNumber.getId();
    static final String DELTA_CRL_INDICATOR = Extension.deltaCRLIndicator.getId();
    static final String DISTRIBUTION_POINT = Extension.issuingDistributionPoint.getId();
    static final String AUTHORITY_KEY = Extension.authorityKeyIdentifier.getId();

    static final CrlExtensions NONE =
            new CrlExtensions(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Set.of());

    /// issuingDistributionPoint (RFC 5280 §5.2.5).
    ///
    /// @param part the series' name in `CrlScope`: its URIs, or what else sets it apart
    record DistributionPoint(
            String part,
            boolean onlyUserCertificates,
            boolean onlyCaCertificates,
            boolean onlyAttributeCertificates,
            boolean onlySomeReasons,
            boolean indirect) {}

    CrlExtensions {
        critical = Set.copyOf(critical);
    }

    /// @param der the SEQUENCE inside the tag
    /// @throws FeedRefused one that matters here cannot be read, or one occurs twice
    static CrlExtensions parse(byte[] der) throws FeedRefused {
        try {
            Extensions extensions = Extensions.getInstance(der);
            return new CrlExtensions(
                    integer(extensions, Extension.cRLNumber),
                    integer(extensions, Extension.deltaCRLIndicator),
                    distributionPoint(extensions),
                    Optional.ofNullable(AuthorityKeyIdentifier.fromExtensions(extensions))
                            .map(AuthorityKeyIdentifier::getKeyIdentifierOctets)
                            .map(Octets::of),
                    Set.copyOf(
                            Stream.of(extensions.getCriticalExtensionOIDs())
                                    .map(ASN1ObjectIdentifier::getId)
                                    .toList()));
        } catch (RuntimeException | IOException e) {
            throw new FeedRefused("the CRL's extensions cannot be read: " + e.getMessage(), e);
        }
    }

    private static Optional<BigInteger> integer(Extensions all, ASN1ObjectIdentifier oid) {
        ASN1Encodable value = all.getExtensionParsedValue(oid);
        return Optional.ofNullable(value).map(v -> ASN1Integer.getInstance(v).getValue());
    }

    private static Optional<DistributionPoint> distributionPoint(Extensions all)
            throws IOException {
        ASN1Encodable value = all.getExtensionParsedValue(Extension.issuingDistributionPoint);
        if (value == null) {
            return Optional.empty();
        }
        IssuingDistributionPoint point = IssuingDistributionPoint.getInstance(value);
        return Optional.of(
                new DistributionPoint(
                        part(point),
                        point.onlyContainsUserCerts(),
                        point.onlyContainsCACerts(),
                        point.onlyContainsAttributeCerts(),
                        point.getOnlySomeReasons() != null,
                        point.isIndirectCRL()));
    }

    /// The URIs name the shard. Without any, what the CRL is limited to does: a CA may number its
    /// CRLs for users and for CAs apart (RFC 5280 §5.2.3).
    private static String part(IssuingDistributionPoint point) throws IOException {
        DistributionPointName name = point.getDistributionPoint();
        if (name != null) {
            return name(name);
        }
        List<String> limits = new ArrayList<>();
        if (point.onlyContainsUserCerts()) {
            limits.add("onlyContainsUserCerts");
        }
        if (point.onlyContainsCACerts()) {
            limits.add("onlyContainsCACerts");
        }
        if (point.getOnlySomeReasons() != null) {
            limits.add("onlySomeReasons " + point.getOnlySomeReasons().getString());
        }
        return String.join(" ", limits);
    }

    private static String name(DistributionPointName name) throws IOException {
        if (name.getType() != DistributionPointName.FULL_NAME) {
            return Octets.of(name.getEncoded(ASN1Encoding.DER)).toHex();
        }
        List<String> uris = new ArrayList<>();
        for (GeneralName one : GeneralNames.getInstance(name.getName()).getNames()) {
            if (one.getTagNo() == GeneralName.uniformResourceIdentifier) {
                uris.add(one.getName().toString());
            }
        }
        return uris.isEmpty()
                ? Octets.of(name.getEncoded(ASN1Encoding.DER)).toHex()
                : String.join(" ", uris);
    }
}
