package org.precertocsp.loadtest.verify;

import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.precertocsp.loadtest.drive.Fault;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.signer.IssuerCertificate;

/// Who signed an answer, and whether they may: the issuer, or a delegate it has issued (RFC 6960
/// §4.2.2.2). A delegate's certificate is checked once, its dates each time.
final class SignerCheck {
    private final IssuerCertificate issuer;
    private final JcaContentVerifierProviderBuilder verifiers =
            new JcaContentVerifierProviderBuilder();
    private final ConcurrentHashMap<X509CertificateHolder, ContentVerifierProvider> known =
            new ConcurrentHashMap<>();

    SignerCheck(IssuerCertificate issuer) {
        this.issuer = issuer;
    }

    void check(BasicOCSPResp answer, Instant received) throws Wrong, OCSPException {
        X509CertificateHolder signer = signer(answer);
        if (!signer.isValidOn(Date.from(received))) {
            throw new Wrong(
                    Fault.SIGNER,
                    "the signer's certificate is valid from %s to %s, received %s",
                    signer.getNotBefore().toInstant(),
                    signer.getNotAfter().toInstant(),
                    received);
        }
        if (!isSigned(answer, verifier(signer))) {
            throw new Wrong(
                    Fault.SIGNATURE, "a signature that %s did not make", signer.getSubject());
        }
    }

    private static boolean isSigned(BasicOCSPResp answer, ContentVerifierProvider verifier) {
        try {
            return answer.isSignatureValid(verifier);
        } catch (OCSPException _) {
            // What cannot even be read as a signature of this key.
            return false;
        }
    }

    private X509CertificateHolder signer(BasicOCSPResp answer) throws Wrong {
        ResponderID named = answer.getResponderId().toASN1Primitive();
        if (isNamed(named, issuer.holder())) {
            return issuer.holder();
        }
        for (X509CertificateHolder certificate : answer.getCerts()) {
            if (isNamed(named, certificate)) {
                return certificate;
            }
        }
        throw new Wrong(
                Fault.SIGNER,
                "the responder it names is neither the issuer nor among its %d certificates",
                answer.getCerts().length);
    }

    private static boolean isNamed(ResponderID named, X509CertificateHolder certificate) {
        byte[] keyHash = named.getKeyHash();
        return keyHash == null
                ? certificate.getSubject().equals(named.getName())
                : keyHash(certificate.getSubjectPublicKeyInfo()).equals(Octets.of(keyHash));
    }

    private static Octets keyHash(SubjectPublicKeyInfo key) {
        return HashAlgorithm.SHA1.hash(Octets.of(key.getPublicKeyData().getOctets()));
    }

    private ContentVerifierProvider verifier(X509CertificateHolder signer) throws Wrong {
        ContentVerifierProvider verifier = known.get(signer);
        if (verifier == null) {
            if (!signer.equals(issuer.holder())) {
                requireDelegate(signer);
            }
            verifier = verifierOf(signer);
            known.put(signer, verifier);
        }
        return verifier;
    }

    private void requireDelegate(X509CertificateHolder delegate) throws Wrong {
        try {
            if (!delegate.getIssuer().equals(issuer.holder().getSubject())
                    || !delegate.isSignatureValid(verifierOf(issuer.holder()))) {
                throw new Wrong(
                        Fault.SIGNER, "%s, which the issuer did not issue", delegate.getSubject());
            }
        } catch (CertException e) {
            throw new Wrong(Fault.SIGNER, "a delegate whose signature is unreadable: %s", e);
        }
        ExtendedKeyUsage usage = ExtendedKeyUsage.fromExtensions(delegate.getExtensions());
        if (usage == null || !usage.hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning)) {
            throw new Wrong(Fault.SIGNER, "%s, which may not sign OCSP", delegate.getSubject());
        }
    }

    private ContentVerifierProvider verifierOf(X509CertificateHolder signer) throws Wrong {
        try {
            return verifiers.build(signer);
        } catch (OperatorCreationException | CertificateException e) {
            throw new Wrong(Fault.SIGNER, "a key that cannot be read: %s", e);
        }
    }
}
