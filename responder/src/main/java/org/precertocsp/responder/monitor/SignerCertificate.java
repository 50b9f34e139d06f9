package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.io.OutputStream;
import java.security.cert.CertificateException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentVerifier;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.monitor.ParsedBasicResponse.ResponderReading;
import org.precertocsp.signer.IssuerCertificate;

/// A certificate that may belong to a response's signer.
record SignerCertificate(ByteString der, X509CertificateHolder holder) {
    // Not installed for the whole JVM, where it would affect other code.
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    private static final Set<ASN1Encodable> CURVES =
            Set.of(
                    SECObjectIdentifiers.secp256r1,
                    SECObjectIdentifiers.secp384r1,
                    SECObjectIdentifiers.secp521r1);
    private static final int RSA_MIN_BITS = 2048;

    /// Empty if it is not a certificate.
    static Optional<SignerCertificate> parse(ByteString der) {
        try {
            return Optional.of(
                    new SignerCertificate(der, new X509CertificateHolder(der.toArray())));
        } catch (IOException | RuntimeException _) {
            return Optional.empty();
        }
    }

    static SignerCertificate of(IssuerCertificate issuer) {
        return new SignerCertificate(issuer.der(), issuer.holder());
    }

    boolean hasSigned(ParsedBasicResponse response) {
        try {
            ContentVerifier verifier =
                    new JcaContentVerifierProviderBuilder()
                            .setProvider(PROVIDER)
                            .build(holder)
                            .get(AlgorithmIdentifier.getInstance(response.algorithm().toArray()));
            try (OutputStream signed = verifier.getOutputStream()) {
                signed.write(response.signedBytes().toArray());
            }
            return verifier.verify(response.signature().toArray());
        } catch (OperatorCreationException
                | CertificateException
                | IOException
                | RuntimeException _) {
            // Another kind of key or a malformed signature: not made with this key.
            return false;
        }
    }

    /// Whether a responderID identifies this certificate (RFC 6960 §4.2.2.3).
    boolean isNamedBy(ResponderReading id) {
        return id.keyHash().map(hash(HashAlgorithm.SHA1)::equals).orElse(false)
                || id.name().filter(this::isSubject).isPresent();
    }

    /// Whether the bytes are a hash of this key, but not the correct one (RP-08).
    boolean hasOtherHash(ByteString value) {
        SubjectKeyIdentifier own = SubjectKeyIdentifier.fromExtensions(holder.getExtensions());
        return (own != null && ByteString.of(own.getKeyIdentifier()).equals(value))
                || Arrays.stream(HashAlgorithm.values()).anyMatch(it -> hash(it).equals(value))
                || HashAlgorithm.SHA1.hash(ByteString.of(encoded(key()))).equals(value);
    }

    String subject() {
        return holder.getSubject().toString();
    }

    private ByteString hash(HashAlgorithm algorithm) {
        return algorithm.hash(ByteString.of(key().getPublicKeyData().getOctets()));
    }

    private SubjectPublicKeyInfo key() {
        return holder.getSubjectPublicKeyInfo();
    }

    /// Compared as names are (RFC 5280 §7.1): string types do not matter.
    private boolean isSubject(ByteString name) {
        return X500Name.getInstance(name.toArray()).equals(holder.getSubject());
    }

    private static byte[] encoded(ASN1Object object) {
        try {
            return object.getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
    }

    /// RSA of at least 2048 bits, a multiple of 8, or a NIST curve (RP-19).
    boolean hasListedKey() {
        return isRsa()
                ? bits() >= RSA_MIN_BITS && bits() % 8 == 0
                : CURVES.contains(key().getAlgorithm().getParameters());
    }

    String keyKind() {
        if (isRsa()) {
            return "RSA of " + bits() + " bits";
        }
        return key().getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
                ? "EC on the curve " + key().getAlgorithm().getParameters()
                : "key of the kind " + key().getAlgorithm().getAlgorithm();
    }

    private boolean isRsa() {
        return key().getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
    }

    private int bits() {
        try {
            byte[] bytes = key().getPublicKeyData().getOctets();
            return RSAPublicKey.getInstance(bytes).getModulus().bitLength();
        } catch (IllegalArgumentException _) {
            return 0;
        }
    }
}
