package org.precertocsp.signer;

import java.io.IOException;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.key.SignatureVerifier;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

/// A PKCS#10 request (RFC 2986) for a responder certificate: it requests the extensions that such a
/// certificate has (RC-03 to RC-06), which the CA may grant or not.
public final class CertificateSigningRequest {
    private CertificateSigningRequest() {}

    /// Signs the request with the key, and verifies it with the public key. Blocks while a token is
    /// busy.
    ///
    /// @param subject as people write it, in the order it is encoded: `C=AT,O=Example,CN=OCSP 2027`
    /// @return DER
    /// @throws SigningKeyException if the key does not sign
    /// @throws IllegalArgumentException if the subject is not a distinguished name
    public static ByteString of(SigningKey key, String subject) throws SigningKeyException {
        try {
            X500Name name = new X500Name(subject);
            if (name.getRDNs().length == 0) {
                throw new IllegalArgumentException("the subject names nothing");
            }
            CertificationRequestInfo info =
                    new CertificationRequestInfo(
                            name,
                            SubjectPublicKeyInfo.getInstance(key.publicKey().getEncoded()),
                            new DERSet(
                                    new Attribute(
                                            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                                            new DERSet(extensions().generate()))));
            return ByteString.of(signed(key, info).getEncoded("DER"));
        } catch (IOException e) {
            throw new IllegalStateException("a request always encodes", e);
        }
    }

    private static CertificationRequest signed(SigningKey key, CertificationRequestInfo info)
            throws IOException, SigningKeyException {
        byte[] message = info.getEncoded("DER");
        byte[] signature = key.sign(message.clone());
        if (!SignatureVerifier.of(info.getSubjectPublicKeyInfo(), key.scheme())
                .verifies(message, signature)) {
            throw new SigningKeyException(
                    key.description() + " made a signature that does not verify", null);
        }
        return new CertificationRequest(
                info,
                AlgorithmIdentifier.getInstance(key.scheme().algorithmIdentifier().toArray()),
                new DERBitString(signature));
    }

    private static ExtensionsGenerator extensions() throws IOException {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        extensions.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning));
        extensions.addExtension(
                OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
        return extensions;
    }
}
