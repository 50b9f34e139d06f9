package org.precertocsp.responder.monitor;

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
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;

/// An OCSP request (RFC 6960 §4.1.1) for one certificate, with at most one special feature.
///
/// @param name of the special feature, in a few words
/// @param certId the CertID that the response must repeat
/// @param der the request as it is sent
public record CheckRequest(String name, CertId certId, ByteString der) {
    /// An arc for examples in documents (RFC 7299): no responder can know an extension under it.
    private static final ASN1ObjectIdentifier UNKNOWN_EXTENSION =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1.1");

    private static final ASN1ObjectIdentifier MD5 = new ASN1ObjectIdentifier("1.2.840.113549.2.5");

    private static final int MD5_BYTES = 16;

    public static CheckRequest plain(CertId id) {
        return request("plain", id, certId(id), null, null);
    }

    /// @param nonce any length, wrapped twice (NO-05)
    public static CheckRequest withNonce(CertId id, ByteString nonce) {
        return request(
                "nonce of %d bytes".formatted(nonce.length()),
                id,
                certId(id),
                null,
                extension(
                        OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                        false,
                        new DEROctetString(nonce.toArray())));
    }

    /// With an extension that no responder knows (NO-07).
    ///
    /// @param bytes length of its value
    public static CheckRequest withUnknownExtension(CertId id, boolean critical, int bytes) {
        return request(
                critical ? "unknown critical extension" : "unknown extension",
                id,
                certId(id),
                null,
                extension(UNKNOWN_EXTENSION, critical, new DEROctetString(new byte[bytes])));
    }

    /// The same with this value.
    public static CheckRequest withUnknownExtension(CertId id, ByteString value) {
        return request(
                "unknown extension",
                id,
                certId(id),
                null,
                extension(UNKNOWN_EXTENSION, false, new DEROctetString(value.toArray())));
    }

    /// With a requestorName but no signature (CI-08).
    public static CheckRequest withRequestor(CertId id) {
        return withRequestor(id, new GeneralName(new X500Name("CN=precert-ocsp check")));
    }

    /// The same with an otherName of this value.
    public static CheckRequest withRequestor(CertId id, ByteString name) {
        OtherName other = new OtherName(UNKNOWN_EXTENSION, new DEROctetString(name.toArray()));
        return withRequestor(id, new GeneralName(GeneralName.otherName, other));
    }

    private static CheckRequest withRequestor(CertId id, GeneralName name) {
        return request("requestorName, unsigned", id, certId(id), name, null);
    }

    /// For the same serial, with MD5 hashes, which nobody should serve (CI-10). They are not
    /// computed: no answer to hashes this short can be about this issuer.
    public static CheckRequest withForeignHash(CertId id) {
        byte[] hash = new byte[MD5_BYTES];
        CertID foreign =
                new CertID(
                        new AlgorithmIdentifier(MD5, DERNull.INSTANCE),
                        new DEROctetString(hash),
                        new DEROctetString(hash),
                        new ASN1Integer(id.serial().number()));
        return request("MD5 CertID", id, foreign, null, null);
    }

    /// For a serial that no certificate may have (SS-15).
    public static CheckRequest aboutSerial(CertId id, String name, BigInteger serial) {
        CertID odd =
                new CertID(
                        algorithm(id),
                        new DEROctetString(id.issuerNameHash().toArray()),
                        new DEROctetString(id.issuerKeyHash().toArray()),
                        new ASN1Integer(serial));
        return request(name, id, odd, null, null);
    }

    private static CheckRequest request(
            String name,
            CertId id,
            CertID written,
            @Nullable GeneralName requestor,
            @Nullable Extensions extensions) {
        TBSRequest request =
                new TBSRequest(requestor, new DERSequence(new Request(written, null)), extensions);
        return new CheckRequest(name, id, ByteString.of(der(new OCSPRequest(request, null))));
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
