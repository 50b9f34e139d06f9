package org.precertocsp.responder.monitor.question;

import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.OtherName;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.Octets;

/// Writes OCSP requests (RFC 6960 §4.1.1) that each have one thing special about them.
public final class Questions {
    /// An arc for examples in documents (RFC 7299): no responder can know an extension under it.
    private static final ASN1ObjectIdentifier UNKNOWN_EXTENSION =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1.1");

    private static final ASN1ObjectIdentifier MD5 = new ASN1ObjectIdentifier("1.2.840.113549.2.5");

    private static final int MD5_OCTETS = 16;

    private Questions() {}

    public static Question plain(CertId id) {
        return question("plain", id, certId(id), null, null);
    }

    /// @param nonce any length, wrapped twice (NO-05)
    public static Question withNonce(CertId id, Octets nonce) {
        return question(
                "nonce of %d octets".formatted(nonce.length()),
                id,
                certId(id),
                null,
                extension(
                        OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                        false,
                        new DEROctetString(nonce.toArray())));
    }

    /// With an extension nobody knows (NO-07).
    ///
    /// @param octets how long its value is
    public static Question withUnknownExtension(CertId id, boolean critical, int octets) {
        return question(
                critical ? "unknown critical extension" : "unknown extension",
                id,
                certId(id),
                null,
                extension(UNKNOWN_EXTENSION, critical, new DEROctetString(new byte[octets])));
    }

    /// The same, its value these octets.
    public static Question withUnknownExtension(CertId id, Octets value) {
        return question(
                "unknown extension",
                id,
                certId(id),
                null,
                extension(UNKNOWN_EXTENSION, false, new DEROctetString(value.toArray())));
    }

    /// With a requestor's name and no signature (CI-08).
    public static Question withRequestor(CertId id) {
        return withRequestor(id, new GeneralName(new X500Name("CN=precert-ocsp check")));
    }

    /// The same, its name an otherName of these octets.
    public static Question withRequestor(CertId id, Octets name) {
        OtherName other = new OtherName(UNKNOWN_EXTENSION, new DEROctetString(name.toArray()));
        return withRequestor(id, new GeneralName(GeneralName.otherName, other));
    }

    private static Question withRequestor(CertId id, GeneralName name) {
        return question("requestorName, unsigned", id, certId(id), name, null);
    }

    /// About the same serial, hashes of a kind nobody should serve (CI-10). They are not computed:
    /// with hashes this short, whatever is said cannot be about this issuer.
    public static Question withForeignHash(CertId id) {
        byte[] hash = new byte[MD5_OCTETS];
        CertID foreign =
                new CertID(
                        new AlgorithmIdentifier(MD5, DERNull.INSTANCE),
                        new DEROctetString(hash),
                        new DEROctetString(hash),
                        new ASN1Integer(id.serial().number()));
        return question("MD5 CertID", id, foreign, null, null);
    }

    /// About a serial that no certificate may have (SS-15).
    public static Question aboutSerial(CertId id, String name, BigInteger serial) {
        CertID odd =
                new CertID(
                        algorithm(id),
                        new DEROctetString(id.issuerNameHash().toArray()),
                        new DEROctetString(id.issuerKeyHash().toArray()),
                        new ASN1Integer(serial));
        return question(name, id, odd, null, null);
    }

    private static Question question(
            String name,
            CertId id,
            CertID written,
            @Nullable GeneralName requestor,
            @Nullable Extensions extensions) {
        TBSRequest request =
                new TBSRequest(requestor, new DERSequence(new Request(written, null)), extensions);
        return new Question(name, id, Octets.of(der(new OCSPRequest(request, null))));
    }

    private static CertID certId(CertId id) {
        return new CertID(
                algorithm(id),
                new DEROctetString(id.issuerNameHash().toArray()),
                new DEROctetString(id.issuerKeyHash().toArray()),
                new ASN1Integer(id.serial().content().toArray()));
    }

    private static AlgorithmIdentifier algorithm(CertId id) {
        ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(id.hashAlgorithm().oid());
        return id.parameters() == DigestParameters.NULL
                ? new AlgorithmIdentifier(oid, DERNull.INSTANCE)
                : new AlgorithmIdentifier(oid);
    }

    private static Extensions extension(
            ASN1ObjectIdentifier oid, boolean critical, ASN1Object value) {
        return new Extensions(new Extension(oid, critical, new DEROctetString(der(value))));
    }

    private static byte[] der(ASN1Object object) {
        try {
            return object.getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
    }
}
