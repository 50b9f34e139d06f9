package org.precertocsp.responder.intake.certificate;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.status.CertificateFingerprint;

/// The content that a precertificate and its certificate share byte for byte (SS-13): the
/// TBSCertificate without poison and SCT list, and with the final CA's issuer name and authority
/// key identifier where a Precertificate Signing Certificate signed (RFC 6962 §3.2, Baseline
/// Requirements §7.1.2.9.1).
///
/// Fields are copied as issued, and only the lengths around removed or replaced ones are encoded
/// anew. A TBSCertificate left without any extension loses the field, in both documents alike.
final class TbsNormalizer {
    private static final int EXTENSIONS_TAG = DerTag.context(3);

    // id-ce-authorityKeyIdentifier as an OBJECT IDENTIFIER, for an extension that is added
    private static final ByteString AUTHORITY_KEY_OID = ByteString.ofHex("0603551d23");

    private final RawCertificate certificate;
    private final Optional<PrecertificateSigningCertificate> signer;

    private TbsNormalizer(
            RawCertificate certificate, Optional<PrecertificateSigningCertificate> signer) {
        this.certificate = certificate;
        this.signer = signer;
    }

    /// @param signer the Precertificate Signing Certificate that signed, if one did
    static CertificateFingerprint of(
            RawCertificate certificate, Optional<PrecertificateSigningCertificate> signer)
            throws MalformedDerException {
        return new CertificateFingerprint(
                HashAlgorithm.SHA256.hash(tbs(certificate, signer)),
                HashAlgorithm.SHA256.hash(certificate.der()));
    }

    /// The bytes that are hashed.
    static ByteString tbs(
            RawCertificate certificate, Optional<PrecertificateSigningCertificate> signer)
            throws MalformedDerException {
        return ByteString.of(new TbsNormalizer(certificate, signer).tbs());
    }

    private byte[] tbs() throws MalformedDerException {
        ByteArrayOutputStream fields = new ByteArrayOutputStream(certificate.der().length());
        DerElement issuer = certificate.issuerField();
        DerElement extensions = certificate.extensionsField().orElse(null);
        for (DerElement field : certificate.fields()) {
            if (field == issuer && signer.isPresent()) {
                fields.writeBytes(signer.get().finalIssuer().subjectName().toArray());
            } else if (field != extensions) {
                field.writeTo(fields);
            }
        }
        byte[] kept = extensions();
        if (kept.length > 0) {
            byte[] list = DerWriter.encode(DerTag.SEQUENCE, kept);
            fields.writeBytes(DerWriter.encode(EXTENSIONS_TAG, list));
        }
        return DerWriter.encode(DerTag.SEQUENCE, fields.toByteArray());
    }

    private byte[] extensions() throws MalformedDerException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        boolean named = false;
        for (RawExtension extension : certificate.extensions()) {
            if (signer.isPresent() && isAuthorityKey(extension)) {
                writeAuthorityKey(extension, signer.get(), kept);
                named = true;
            } else if (!isOfTransparency(extension)) {
                extension.element().writeTo(kept);
            }
        }
        Optional<ByteString> missing =
                named
                        ? Optional.empty()
                        : signer.flatMap(PrecertificateSigningCertificate::authorityKey);
        missing.ifPresent(value -> appendAuthorityKey(value, kept));
        return kept.toByteArray();
    }

    private static boolean isOfTransparency(RawExtension extension) {
        return extension.oid().equals(RawExtension.POISON)
                || extension.oid().equals(RawExtension.SCT_LIST);
    }

    private static boolean isAuthorityKey(RawExtension extension) {
        return extension.oid().equals(RawExtension.AUTHORITY_KEY_IDENTIFIER);
    }

    // In its place, or nowhere if the signer has none: as CT logs treat such a precertificate.
    private static void writeAuthorityKey(
            RawExtension extension,
            PrecertificateSigningCertificate signer,
            ByteArrayOutputStream out)
            throws MalformedDerException {
        Optional<ByteString> value = signer.authorityKey();
        if (value.isPresent()) {
            out.writeBytes(extension.withValue(value.get()));
        }
    }

    private static void appendAuthorityKey(ByteString octetString, ByteArrayOutputStream out) {
        ByteArrayOutputStream extension = new ByteArrayOutputStream();
        extension.writeBytes(AUTHORITY_KEY_OID.toArray());
        extension.writeBytes(octetString.toArray());
        out.writeBytes(DerWriter.encode(DerTag.SEQUENCE, extension.toByteArray()));
    }
}
