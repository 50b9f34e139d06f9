package org.precertocsp.signer;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.key.SigningKey;

/// Everything that makes one responder's signature acceptable for one issuer.
///
/// @param issuers the CA's certificates, one name and key; several where it is cross-certified
/// @param delegate sent in every response; absent where the CA's own key signs (RP-10)
public record ResponderCredential(
        List<IssuerCertificate> issuers,
        Optional<DelegateCertificate> delegate,
        SigningKey key,
        IssuerProfile profile) {
    public ResponderCredential {
        issuers = List.copyOf(issuers);
        if (issuers.isEmpty()) {
            throw new IllegalArgumentException("a credential answers for an issuer");
        }
    }

    /// Expiry of the certificates that limit nextUpdate: that of the delegate, since it is sent;
    /// else those of the CA (TF-09).
    List<Instant> ends() {
        return delegate.map(sent -> List.of(sent.notAfter()))
                .orElseGet(() -> issuers.stream().map(IssuerCertificate::notAfter).toList());
    }

    Instant begin() {
        return delegate.map(DelegateCertificate::notBefore)
                .orElseGet(() -> issuers.getFirst().notBefore());
    }

    /// Expiry of the last certificate that permits signing.
    public Instant end() {
        return ends().stream().max(Instant::compareTo).orElseThrow();
    }

    /// The public key clients verify with, from the certificate that contains it.
    SubjectPublicKeyInfo certifiedKey() {
        return delegate.map(DelegateCertificate::holder)
                .orElseGet(() -> issuers.getFirst().holder())
                .getSubjectPublicKeyInfo();
    }
}
