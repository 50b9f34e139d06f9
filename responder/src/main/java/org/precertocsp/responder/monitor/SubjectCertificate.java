package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.signer.DelegateCertificate;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// A certificate or precertificate from a file or the network, with the parts that the monitor
/// needs.
final class SubjectCertificate {
    private static final ASN1ObjectIdentifier POISON =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.3");
    private static final ASN1ObjectIdentifier SCT_LIST =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2");
    private static final KeyPurposeId PRECERTIFICATE_SIGNING =
            KeyPurposeId.getInstance(new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.4"));

    /// Version and log id before an SCT's timestamp (RFC 6962 §3.2).
    private static final int BEFORE_TIMESTAMP = 33;

    private final String name;
    private final DelegateCertificate names;
    private final X509CertificateHolder holder;

    private SubjectCertificate(
            String name, DelegateCertificate names, X509CertificateHolder holder) {
        this.name = name;
        this.names = names;
        this.holder = holder;
    }

    /// @param name its source, for people
    static SubjectCertificate parse(String name, ByteString der) throws CheckSubjectException {
        try {
            SubjectCertificate seen =
                    new SubjectCertificate(
                            name,
                            DelegateCertificate.parse(der),
                            new X509CertificateHolder(der.toArray()));
            seen.readExtensions();
            return seen;
        } catch (InvalidCertificateException | IOException | IllegalArgumentException e) {
            throw new CheckSubjectException(name + ": " + e.getMessage(), e);
        }
    }

    /// Fails now rather than later.
    private void readExtensions() {
        if (isAuthority() || !isResponder()) {
            ocspUrls();
            issuerUrls();
        }
    }

    String name() {
        return name;
    }

    ByteString der() {
        return names.der();
    }

    String issuerText() {
        return holder.getIssuer().toString();
    }

    Instant notAfter() {
        return names.notAfter();
    }

    Serial serial() throws CheckSubjectException {
        try {
            return Serial.of(holder.getSerialNumber());
        } catch (InvalidSerialException e) {
            throw new CheckSubjectException(
                    name + ": " + e.getMessage() + "; its status cannot be requested", e);
        }
    }

    boolean isPrecertificate() {
        return holder.getExtension(POISON) != null;
    }

    boolean isAuthority() {
        BasicConstraints constraints = BasicConstraints.fromExtensions(holder.getExtensions());
        return constraints != null && constraints.isCA();
    }

    boolean isPrecertificateSigner() {
        return hasPurpose(PRECERTIFICATE_SIGNING);
    }

    boolean isResponder() {
        return hasPurpose(KeyPurposeId.id_kp_OCSPSigning);
    }

    private boolean hasPurpose(KeyPurposeId purpose) {
        ExtendedKeyUsage usage = ExtendedKeyUsage.fromExtensions(holder.getExtensions());
        return usage != null && usage.hasKeyPurposeId(purpose);
    }

    /// The names match byte by byte, and the signature verifies.
    boolean isIssuedBy(IssuerCertificate issuer) {
        return names.issuerName().equals(issuer.subjectName()) && names.isSignedBy(issuer);
    }

    boolean namesAsIssuer(IssuerCertificate issuer) {
        return names.issuerName().equals(issuer.subjectName());
    }

    List<String> ocspUrls() {
        return access(AccessDescription.id_ad_ocsp);
    }

    List<String> issuerUrls() {
        return access(AccessDescription.id_ad_caIssuers);
    }

    private List<String> access(ASN1ObjectIdentifier method) {
        AuthorityInformationAccess access =
                AuthorityInformationAccess.fromExtensions(holder.getExtensions());
        return access == null
                ? List.of()
                : Arrays.stream(access.getAccessDescriptions())
                        .filter(it -> it.getAccessMethod().equals(method))
                        .map(AccessDescription::getAccessLocation)
                        .filter(it -> it.getTagNo() == GeneralName.uniformResourceIdentifier)
                        .map(it -> it.getName().toString())
                        .toList();
    }

    /// The earliest timestamp of its SCTs.
    Optional<Instant> published() {
        Extension extension = holder.getExtension(SCT_LIST);
        if (extension == null) {
            return Optional.empty();
        }
        try {
            return sctTimes(ASN1OctetString.getInstance(extension.getParsedValue()).getOctets())
                    .stream()
                    .min(Instant::compareTo);
        } catch (RuntimeException _) {
            // Malformed, so it proves nothing.
            return Optional.empty();
        }
    }

    private static List<Instant> sctTimes(byte[] list) {
        ByteBuffer left = ByteBuffer.wrap(list);
        List<Instant> times = new ArrayList<>();
        left.getShort();
        while (left.remaining() > 2) {
            int length = Short.toUnsignedInt(left.getShort());
            int start = left.position();
            times.add(Instant.ofEpochMilli(left.getLong(start + BEFORE_TIMESTAMP)));
            left.position(start + length);
        }
        return times;
    }
}
