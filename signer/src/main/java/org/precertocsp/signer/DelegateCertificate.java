package org.precertocsp.signer;

import java.io.IOException;
import java.time.Instant;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.MalformedDerException;

/// The certificate of a responder that signs on behalf of its CA (RFC 6960 §2.6); every response
/// includes it (RP-09).
///
/// Equality compares the certificate's bytes.
public final class DelegateCertificate {
    private final ByteString der;
    private final X509CertificateHolder holder;
    private final CertificateNames names;

    private DelegateCertificate(ByteString der, X509CertificateHolder holder)
            throws MalformedDerException {
        this.der = der;
        this.holder = holder;
        this.names = CertificateNames.in(der);
    }

    /// @param der one DER certificate
    /// @throws InvalidCertificateException if it is not an X.509 certificate
    public static DelegateCertificate parse(ByteString der) throws InvalidCertificateException {
        try {
            return new DelegateCertificate(der, new X509CertificateHolder(der.toArray()));
        } catch (IOException | MalformedDerException | RuntimeException e) {
            throw new InvalidCertificateException(
                    "not a readable X.509 certificate: " + e.getMessage(), e);
        }
    }

    public ByteString der() {
        return der;
    }

    /// The subject in readable form.
    public String subject() {
        return holder.getSubject().toString();
    }

    /// The issuer's name, byte for byte as it stands in the certificate.
    public ByteString issuerName() {
        return names.issuer();
    }

    public Instant notBefore() {
        return holder.getNotBefore().toInstant();
    }

    public Instant notAfter() {
        return holder.getNotAfter().toInstant();
    }

    /// True if the issuer's key signed this certificate. Names are not compared.
    public boolean isSignedBy(IssuerCertificate issuer) {
        try {
            return holder.isSignatureValid(
                    new JcaContentVerifierProviderBuilder()
                            .setProvider(IssuerCertificate.PROVIDER)
                            .build(issuer.publicKey()));
        } catch (CertException | OperatorCreationException | IllegalArgumentException e) {
            // The key is of another kind than the signature, so it did not make it.
            return false;
        }
    }

    X509CertificateHolder holder() {
        return holder;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DelegateCertificate that && der.equals(that.der);
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
