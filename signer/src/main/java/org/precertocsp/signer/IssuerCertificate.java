package org.precertocsp.signer;

import java.io.IOException;
import java.security.PublicKey;
import java.time.Instant;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.IssuerKey;

/// A CA certificate: the name and key that a CertID hashes, and what the certificate authorises
/// them to do.
///
/// Equality compares the certificate's bytes; several certificates may share one [IssuerKey].
public final class IssuerCertificate {
    /// Reads keys and verifies signatures without being installed in the JVM.
    static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    private final ByteString der;
    private final X509CertificateHolder holder;
    private final PublicKey publicKey;
    private final ByteString subjectName;
    private final IssuerKey key;

    private IssuerCertificate(ByteString der, X509CertificateHolder holder, PublicKey publicKey)
            throws MalformedDerException {
        this.der = der;
        this.holder = holder;
        this.publicKey = publicKey;
        this.subjectName = CertificateNames.in(der).subject();
        this.key =
                IssuerKey.of(
                        subjectName,
                        ByteString.of(
                                holder.getSubjectPublicKeyInfo().getPublicKeyData().getOctets()));
    }

    /// @param der one DER certificate
    /// @throws InvalidCertificateException if it is not an X.509 certificate or its key is of an
    ///   unknown kind
    public static IssuerCertificate parse(ByteString der) throws InvalidCertificateException {
        try {
            X509CertificateHolder holder = new X509CertificateHolder(der.toArray());
            PublicKey publicKey =
                    new JcaPEMKeyConverter()
                            .setProvider(PROVIDER)
                            // Not "ECDSA", which the platform's own provider refuses: it verifies
                            // and hashes several times as fast.
                            .setAlgorithmMapping(X9ObjectIdentifiers.id_ecPublicKey, "EC")
                            .getPublicKey(holder.getSubjectPublicKeyInfo());
            return new IssuerCertificate(der, holder, publicKey);
        } catch (IOException | MalformedDerException | RuntimeException e) {
            throw new InvalidCertificateException(
                    "not a readable X.509 certificate: " + e.getMessage(), e);
        }
    }

    /// The certificate, DER.
    public ByteString der() {
        return der;
    }

    public IssuerKey key() {
        return key;
    }

    public PublicKey publicKey() {
        return publicKey;
    }

    /// The subject name, byte for byte as it stands in the certificate (CI-01).
    public ByteString subjectName() {
        return subjectName;
    }

    /// The subject in readable form.
    public String subject() {
        return holder.getSubject().toString();
    }

    public Instant notBefore() {
        return holder.getNotBefore().toInstant();
    }

    public Instant notAfter() {
        return holder.getNotAfter().toInstant();
    }

    /// True if the keyUsage extension is present and has the bit, a [KeyUsage] constant.
    public boolean allows(int keyUsageBit) {
        KeyUsage usage = KeyUsage.fromExtensions(holder.getExtensions());
        return usage != null && usage.hasUsages(keyUsageBit);
    }

    /// True if the certificate restricts its key's usage at all.
    public boolean hasKeyUsage() {
        return KeyUsage.fromExtensions(holder.getExtensions()) != null;
    }

    /// The parsed certificate, for packages that use Bouncy Castle.
    public X509CertificateHolder holder() {
        return holder;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IssuerCertificate that && der.equals(that.der);
    }

    @Override
    public int hashCode() {
        return der.hashCode();
    }

    @Override
    public String toString() {
        return subject();
    }
}
