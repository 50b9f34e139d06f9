package org.precertocsp.responder.request;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.Serial;

/// Reads a request with Bouncy Castle's generic parser, to compare our own decoder with. It looks
/// at the same parts only: our decoder leaves names and signatures unread.
final class ReferenceReader {
    private ReferenceReader() {}

    /// @throws IOException or a runtime exception where Bouncy Castle finds no sense in the octets
    static OcspRequest read(byte[] der) throws IOException {
        ASN1Sequence request = ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(der));
        ASN1Sequence tbs = ASN1Sequence.getInstance(request.getObjectAt(0));
        int index = 0;
        while (tbs.getObjectAt(index) instanceof ASN1TaggedObject) {
            index++;
        }
        List<CertId> certIds = new ArrayList<>();
        for (ASN1Encodable single : ASN1Sequence.getInstance(tbs.getObjectAt(index))) {
            ASN1Sequence parts = ASN1Sequence.getInstance(single);
            certIds.add(certId(CertID.getInstance(parts.getObjectAt(0))));
        }
        Optional<Nonce> nonce = Optional.empty();
        if (tbs.size() > index + 1) {
            ASN1TaggedObject extensions = ASN1TaggedObject.getInstance(tbs.getObjectAt(index + 1));
            nonce = nonce(ASN1Sequence.getInstance(extensions, true));
        }
        return new OcspRequest(certIds, nonce);
    }

    private static CertId certId(CertID id) throws IOException {
        ASN1Encodable parameters = id.getHashAlgorithm().getParameters();
        HashAlgorithm algorithm =
                HashAlgorithm.ofOid(id.getHashAlgorithm().getAlgorithm().getId()).orElseThrow();
        ASN1Integer serial = id.getSerialNumber();
        byte[] encoded = serial.getEncoded();
        return new CertId(
                algorithm,
                parameters == null ? DigestParameters.ABSENT : DigestParameters.NULL,
                ByteString.of(id.getIssuerNameHash().getOctets()),
                ByteString.of(id.getIssuerKeyHash().getOctets()),
                Serial.ofDerContent(encoded, 2, encoded.length - 2));
    }

    private static Optional<Nonce> nonce(ASN1Sequence extensions) throws IOException {
        for (ASN1Encodable extension : extensions) {
            ASN1Sequence parts = ASN1Sequence.getInstance(extension);
            ASN1ObjectIdentifier id = ASN1ObjectIdentifier.getInstance(parts.getObjectAt(0));
            if (id.equals(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)) {
                ASN1Encodable last = parts.getObjectAt(parts.size() - 1);
                return unwrapped(ASN1OctetString.getInstance(last).getOctets());
            }
        }
        return Optional.empty();
    }

    private static Optional<Nonce> unwrapped(byte[] value) {
        try {
            ASN1Object inner = ASN1Primitive.fromByteArray(value);
            return inner instanceof ASN1OctetString octets
                    ? Optional.of(new Nonce(ByteString.of(octets.getOctets())))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
