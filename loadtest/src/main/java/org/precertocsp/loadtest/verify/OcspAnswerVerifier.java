package org.precertocsp.loadtest.verify;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.loadtest.drive.AnswerFault;
import org.precertocsp.loadtest.drive.AnswerVerifier;
import org.precertocsp.loadtest.drive.WrongAnswer;
import org.precertocsp.loadtest.requests.ExpectedStatus;
import org.precertocsp.loadtest.requests.RequestDescription;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.signer.IssuerCertificate;

/// Checks an answer as a careful client would (RFC 6960 §3.2), and compares it with the expected
/// status. Takes some hundred microseconds for a signature; thread-safe.
public final class OcspAnswerVerifier implements AnswerVerifier {
    private final SignerCheck signers;
    private final AnswerContent content;

    public OcspAnswerVerifier(IssuerCertificate issuer) {
        this.signers = new SignerCheck(issuer);
        this.content = new AnswerContent(issuer.key());
    }

    @Override
    public Optional<WrongAnswer> check(
            RequestDescription question, byte[] answer, Instant received) {
        try {
            check(question, new OCSPResp(answer), received);
            return Optional.empty();
        } catch (InvalidAnswerException e) {
            return Optional.of(new WrongAnswer(question, e.fault(), e.seen()));
        } catch (IOException | OCSPException | RuntimeException e) {
            // Bouncy Castle throws many kinds of exceptions for malformed input.
            return Optional.of(
                    new WrongAnswer(question, AnswerFault.MALFORMED, "an unreadable answer: " + e));
        }
    }

    private void check(RequestDescription question, OCSPResp response, Instant received)
            throws InvalidAnswerException, OCSPException {
        if (response.getStatus() == OCSPResponseStatus.UNAUTHORIZED
                && question.expected() == ExpectedStatus.UNASSIGNED) {
            return;
        }
        if (response.getStatus() != OCSPResponseStatus.SUCCESSFUL) {
            throw new InvalidAnswerException(
                    AnswerFault.RESPONSE_STATUS, "responseStatus %d", response.getStatus());
        }
        if (!(response.getResponseObject() instanceof BasicOCSPResp basic)) {
            throw new InvalidAnswerException(AnswerFault.MALFORMED, "no BasicOCSPResponse");
        }
        signers.check(basic, received);
        SingleResp single = content.find(question, basic);
        content.checkStatus(question, single);
        checkWindow(single, received);
        content.checkNonce(question, basic);
    }

    private static void checkWindow(SingleResp single, Instant received)
            throws InvalidAnswerException {
        Instant thisUpdate = single.getThisUpdate().toInstant();
        Date next = single.getNextUpdate();
        if (thisUpdate.isAfter(received)) {
            throw new InvalidAnswerException(
                    AnswerFault.WINDOW, "thisUpdate %s, received %s before", thisUpdate, received);
        }
        if (next == null) {
            throw new InvalidAnswerException(AnswerFault.WINDOW, "no nextUpdate (RFC 5019 §2.2.4)");
        }
        if (!received.isBefore(next.toInstant())) {
            throw new InvalidAnswerException(
                    AnswerFault.WINDOW, "nextUpdate %s, received %s", next.toInstant(), received);
        }
    }

    /// The signer of an answer and its authorisation: the issuer, or a delegate that it certified
    /// (RFC 6960 §4.2.2.2). A delegate's certificate is checked once, its dates each time.
    private static final class SignerCheck {
        private final IssuerCertificate issuer;
        private final JcaContentVerifierProviderBuilder verifiers =
                new JcaContentVerifierProviderBuilder();
        private final ConcurrentHashMap<X509CertificateHolder, ContentVerifierProvider> known =
                new ConcurrentHashMap<>();

        SignerCheck(IssuerCertificate issuer) {
            this.issuer = issuer;
        }

        void check(BasicOCSPResp answer, Instant received)
                throws InvalidAnswerException, OCSPException {
            X509CertificateHolder signer = signer(answer);
            if (!signer.isValidOn(Date.from(received))) {
                throw new InvalidAnswerException(
                        AnswerFault.SIGNER,
                        "the signer's certificate is valid from %s to %s, received %s",
                        signer.getNotBefore().toInstant(),
                        signer.getNotAfter().toInstant(),
                        received);
            }
            if (!isSigned(answer, verifier(signer))) {
                throw new InvalidAnswerException(
                        AnswerFault.SIGNATURE,
                        "a signature that %s did not make",
                        signer.getSubject());
            }
        }

        private static boolean isSigned(BasicOCSPResp answer, ContentVerifierProvider verifier) {
            try {
                return answer.isSignatureValid(verifier);
            } catch (OCSPException _) {
                // Not even readable as a signature of this key.
                return false;
            }
        }

        private X509CertificateHolder signer(BasicOCSPResp answer) throws InvalidAnswerException {
            ResponderID named = answer.getResponderId().toASN1Primitive();
            if (isNamed(named, issuer.holder())) {
                return issuer.holder();
            }
            for (X509CertificateHolder certificate : answer.getCerts()) {
                if (isNamed(named, certificate)) {
                    return certificate;
                }
            }
            throw new InvalidAnswerException(
                    AnswerFault.SIGNER,
                    "the responder it names is neither the issuer nor among its %d certificates",
                    answer.getCerts().length);
        }

        private static boolean isNamed(ResponderID named, X509CertificateHolder certificate) {
            byte[] keyHash = named.getKeyHash();
            return keyHash == null
                    ? certificate.getSubject().equals(named.getName())
                    : keyHash(certificate.getSubjectPublicKeyInfo()).equals(ByteString.of(keyHash));
        }

        private static ByteString keyHash(SubjectPublicKeyInfo key) {
            return HashAlgorithm.SHA1.hash(ByteString.of(key.getPublicKeyData().getOctets()));
        }

        private ContentVerifierProvider verifier(X509CertificateHolder signer)
                throws InvalidAnswerException {
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

        private void requireDelegate(X509CertificateHolder delegate) throws InvalidAnswerException {
            try {
                if (!delegate.getIssuer().equals(issuer.holder().getSubject())
                        || !delegate.isSignatureValid(verifierOf(issuer.holder()))) {
                    throw new InvalidAnswerException(
                            AnswerFault.SIGNER,
                            "%s, which the issuer did not issue",
                            delegate.getSubject());
                }
            } catch (CertException e) {
                throw new InvalidAnswerException(
                        AnswerFault.SIGNER, "a delegate whose signature is unreadable: %s", e);
            }
            ExtendedKeyUsage usage = ExtendedKeyUsage.fromExtensions(delegate.getExtensions());
            if (usage == null || !usage.hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning)) {
                throw new InvalidAnswerException(
                        AnswerFault.SIGNER, "%s, which may not sign OCSP", delegate.getSubject());
            }
        }

        private ContentVerifierProvider verifierOf(X509CertificateHolder signer)
                throws InvalidAnswerException {
            try {
                return verifiers.build(signer);
            } catch (OperatorCreationException | CertificateException e) {
                throw new InvalidAnswerException(
                        AnswerFault.SIGNER, "a key that cannot be read: %s", e);
            }
        }
    }

    /// Compares an answer with its request and the expected status.
    private record AnswerContent(IssuerKey issuer) {
        /// The SingleResponse for the requested certificate.
        SingleResp find(RequestDescription question, BasicOCSPResp basic)
                throws InvalidAnswerException {
            for (SingleResp single : basic.getResponses()) {
                if (isAsked(question, single.getCertID())) {
                    return single;
                }
            }
            throw new InvalidAnswerException(
                    AnswerFault.CERT_ID,
                    "about %s",
                    Arrays.stream(basic.getResponses())
                            .map(single -> describe(single.getCertID()))
                            .toList());
        }

        private boolean isAsked(RequestDescription question, CertificateID id) {
            HashAlgorithm hash = question.hashAlgorithm();
            // The algorithm's parameters are ignored: NULL and absent name the same certificate.
            return id.getHashAlgOID().getId().equals(hash.oid())
                    && id.getSerialNumber().equals(question.serial().number())
                    && Arrays.equals(id.getIssuerNameHash(), issuer.nameHash(hash).toArray())
                    && Arrays.equals(id.getIssuerKeyHash(), issuer.keyHash(hash).toArray());
        }

        private static String describe(CertificateID id) {
            return "serial %s under %s"
                    .formatted(
                            id.getSerialNumber().toString(16),
                            HashAlgorithm.ofOid(id.getHashAlgOID().getId())
                                    .map(HashAlgorithm::jcaName)
                                    .orElse(id.getHashAlgOID().getId()));
        }

        void checkStatus(RequestDescription question, SingleResp single)
                throws InvalidAnswerException {
            CertificateStatus status = single.getCertStatus();
            boolean right =
                    switch (question.expected()) {
                        case GOOD -> Objects.equals(status, CertificateStatus.GOOD);
                        case REVOKED -> status instanceof RevokedStatus;
                        case ASSIGNED -> !(status instanceof UnknownStatus);
                        // RFC 6960 §2.2 lets a responder answer "revoked" for a serial that was
                        // never issued, but never "good" (BR 4.9.10).
                        case UNASSIGNED -> !Objects.equals(status, CertificateStatus.GOOD);
                    };
            if (!right) {
                throw new InvalidAnswerException(AnswerFault.CERT_STATUS, "%s", describe(status));
            }
        }

        // Bouncy Castle's "good" is null.
        private static String describe(@Nullable CertificateStatus status) {
            return switch (status) {
                case null -> "good";
                case RevokedStatus _ -> "revoked";
                default -> "unknown";
            };
        }

        void checkNonce(RequestDescription question, BasicOCSPResp basic)
                throws InvalidAnswerException {
            Extension extension = basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
            if (extension == null || question.nonce().isEmpty()) {
                return;
            }
            byte[] sent = question.nonce().get().value().toArray();
            byte[] seen = ASN1OctetString.getInstance(extension.getParsedValue()).getOctets();
            if (!Arrays.equals(sent, seen)) {
                throw new InvalidAnswerException(
                        AnswerFault.NONCE, "another nonce of %d bytes", seen.length);
            }
        }
    }

    /// The first fault that a check finds.
    private static final class InvalidAnswerException extends Exception {
        private static final long serialVersionUID = 1L;

        private final AnswerFault fault;
        private final String seen;

        @FormatMethod
        InvalidAnswerException(AnswerFault fault, @FormatString String seen, Object... arguments) {
            super(fault.name(), null, false, false);
            this.fault = fault;
            this.seen = seen.formatted(arguments);
        }

        AnswerFault fault() {
            return fault;
        }

        String seen() {
            return seen;
        }
    }
}
