package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.HashAlgorithm;

/// The extensions of a CRL as a whole (RFC 5280 §5.2), parsed but not yet judged. An extension that
/// cannot be read is left out with a remark: none of them says what is revoked.
///
/// @param number cRLNumber
/// @param delta whether there is a deltaCRLIndicator
/// @param deltaBase its BaseCRLNumber
/// @param authorityKey the key identifier of authorityKeyIdentifier
/// @param critical object identifiers of those marked critical
record CrlExtensions(
        Optional<BigInteger> number,
        boolean delta,
        Optional<BigInteger> deltaBase,
        Optional<DistributionPoint> distributionPoint,
        Optional<ByteString> authorityKey,
        Set<String> critical) {
    static final String CRL_NUMBER = Extension.cRLNumber.getId();
    static final String DELTA_CRL_INDICATOR = Extension.deltaCRLIndicator.getId();
    static final String DISTRIBUTION_POINT = Extension.issuingDistributionPoint.getId();
    static final String AUTHORITY_KEY = Extension.authorityKeyIdentifier.getId();

    private static final int MAX_NUMBER_BYTES = 32;

    static final CrlExtensions NONE =
            new CrlExtensions(
                    Optional.empty(),
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Set.of());

    /// issuingDistributionPoint (RFC 5280 §5.2.5).
    ///
    /// @param part the series' name in `CrlScope`: its URIs and the limits of the CRL
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
    /// @param offset its offset, for messages
    /// @param remarks receives descriptions of parts left out
    static CrlExtensions parse(byte[] der, long offset, List<String> remarks) {
        Reader reader = new Reader(remarks);
        try {
            DerReader list = DerReader.lenient(der, offset).inside(DerTag.SEQUENCE, "extensions");
            while (list.hasMore()) {
                reader.extension(list.inside(DerTag.SEQUENCE, "an extension"));
            }
        } catch (MalformedDerException e) {
            remarks.add("the CRL's extensions cannot be read further: " + e.getMessage());
        }
        return new CrlExtensions(
                reader.number,
                reader.delta,
                reader.deltaBase,
                reader.distributionPoint,
                reader.authorityKey,
                reader.critical);
    }

    /// Parses one extension after the other.
    private static final class Reader {
        private final List<String> remarks;
        private final Set<String> seen = new HashSet<>();
        private final Set<String> critical = new HashSet<>();
        private Optional<BigInteger> number = Optional.empty();
        private boolean delta;
        private Optional<BigInteger> deltaBase = Optional.empty();
        private Optional<DistributionPoint> distributionPoint = Optional.empty();
        private Optional<ByteString> authorityKey = Optional.empty();

        Reader(List<String> remarks) {
            this.remarks = remarks;
        }

        void extension(DerReader extension) {
            try {
                extension.next(DerTag.OBJECT_IDENTIFIER, "an extension's identifier");
                String oid = CrlEntryParser.oid(extension);
                if (CrlEntryParser.isCritical(extension)) {
                    critical.add(oid);
                }
                extension.next();
                if (!seen.add(oid)) {
                    remarks.add(
                            "extension %s of the CRL occurs twice (RFC 5280 §4.2): the first counts"
                                    .formatted(oid));
                    return;
                }
                delta |= oid.equals(DELTA_CRL_INDICATOR);
                if (extension.tag() != DerTag.OCTET_STRING) {
                    throw extension.malformed("the value of extension " + oid + " expected");
                }
                understand(oid, extension);
            } catch (MalformedDerException e) {
                remarks.add(
                        "an extension of the CRL cannot be read and is left out: "
                                + e.getMessage());
            }
        }

        private void understand(String oid, DerReader value) {
            try {
                if (oid.equals(CRL_NUMBER)) {
                    number = Optional.of(integer(value.inside()));
                } else if (oid.equals(DELTA_CRL_INDICATOR)) {
                    deltaBase = Optional.of(integer(value.inside()));
                } else if (oid.equals(DISTRIBUTION_POINT)) {
                    distributionPoint = Optional.of(distributionPoint(value.contentBytes()));
                } else if (oid.equals(AUTHORITY_KEY)) {
                    authorityKey =
                            Optional.ofNullable(
                                            AuthorityKeyIdentifier.getInstance(
                                                            ASN1Primitive.fromByteArray(
                                                                    value.contentBytes()))
                                                    .getKeyIdentifierOctets())
                                    .map(ByteString::of);
                }
            } catch (MalformedDerException | IOException | RuntimeException e) {
                remarks.add(
                        "%s of the CRL cannot be read and is left out: %s"
                                .formatted(
                                        name(oid),
                                        Objects.requireNonNullElse(
                                                e.getMessage(), "its value is cut short")));
                if (oid.equals(DISTRIBUTION_POINT)) {
                    distributionPoint = Optional.of(unreadable(value));
                }
            }
        }

        private static String name(String oid) {
            return oid.equals(CRL_NUMBER)
                    ? "cRLNumber"
                    : oid.equals(DELTA_CRL_INDICATOR)
                            ? "deltaCRLIndicator"
                            : oid.equals(DISTRIBUTION_POINT)
                                    ? "issuingDistributionPoint"
                                    : "authorityKeyIdentifier";
        }

        private static BigInteger integer(DerReader value) throws MalformedDerException {
            value.next(DerTag.INTEGER, "an INTEGER");
            value.expectEnd("the extension");
            byte[] content = value.contentBytes();
            if (content.length == 0 || content.length > MAX_NUMBER_BYTES) {
                throw value.malformed("an INTEGER of %d bytes".formatted(content.length));
            }
            return new BigInteger(content);
        }

        /// A series of its own, whatever its limits are.
        private static DistributionPoint unreadable(DerReader value) {
            ByteString sha256 = HashAlgorithm.SHA256.hash(value.content());
            String part = "unreadable " + sha256.toHex();
            return new DistributionPoint(part, false, false, false, false, false);
        }
    }

    private static DistributionPoint distributionPoint(byte[] der) throws IOException {
        IssuingDistributionPoint point =
                IssuingDistributionPoint.getInstance(ASN1Primitive.fromByteArray(der));
        return new DistributionPoint(
                part(point),
                point.onlyContainsUserCerts(),
                point.onlyContainsCACerts(),
                point.onlyContainsAttributeCerts(),
                point.getOnlySomeReasons() != null,
                point.isIndirectCRL());
    }

    /// A CA numbers its CRLs separately for each scope (RFC 5280 §5.2.3): the limits of a CRL are
    /// part of its scope, in addition to the URIs that name a shard.
    private static String part(IssuingDistributionPoint point) throws IOException {
        List<String> parts = new ArrayList<>();
        DistributionPointName name = point.getDistributionPoint();
        if (name != null) {
            parts.add(name(name));
        }
        if (point.onlyContainsUserCerts()) {
            parts.add("onlyContainsUserCerts");
        }
        if (point.onlyContainsCACerts()) {
            parts.add("onlyContainsCACerts");
        }
        if (point.onlyContainsAttributeCerts()) {
            parts.add("onlyContainsAttributeCerts");
        }
        if (point.getOnlySomeReasons() != null) {
            parts.add("onlySomeReasons " + point.getOnlySomeReasons().getString());
        }
        if (point.isIndirectCRL()) {
            parts.add("indirectCRL");
        }
        return String.join(" ", parts);
    }

    private static String name(DistributionPointName name) throws IOException {
        if (name.getType() != DistributionPointName.FULL_NAME) {
            return ByteString.of(name.getEncoded(ASN1Encoding.DER)).toHex();
        }
        List<String> uris = new ArrayList<>();
        for (GeneralName one : GeneralNames.getInstance(name.getName()).getNames()) {
            if (one.getTagNo() == GeneralName.uniformResourceIdentifier) {
                uris.add(one.getName().toString());
            }
        }
        return uris.isEmpty()
                ? ByteString.of(name.getEncoded(ASN1Encoding.DER)).toHex()
                : String.join(" ", uris);
    }
}
