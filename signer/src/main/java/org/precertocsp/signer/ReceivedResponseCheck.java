package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.key.SignatureScheme;
import org.precertocsp.signer.key.SignatureVerifier;
import org.precertocsp.signer.key.SigningKeyException;

/// Decides whether responses that another node signed with one template may be kept and sent
/// (invariant 9). Thread-safe.
///
/// Trusts nothing but the CA's certificates: the certificate in the template must pass the same
/// check as a credential of this node, the responder ID must be the hash of its key, and every
/// signature is verified with it. So whoever sends a response, a node without keys cannot be made
/// to serve one that clients would reject. Only a profile that allows signers trusted by the
/// clients' configuration leaves open who signs: such a certificate comes from nobody that this
/// node knows, so that the sender vouches for it. Verifying a P-256 signature takes about 0.1 ms.
public final class ReceivedResponseCheck {
    /// The credential in a template cannot have signed for the issuer.
    public static final class RejectedTemplateException extends Exception {
        private static final long serialVersionUID = 1L;

        private RejectedTemplateException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private final ResponseTemplate template;
    private final IssuerProfile profile;
    private final SignatureVerifier verifier;
    private final Instant begin;
    private final Instant end;

    private ReceivedResponseCheck(
            ResponseTemplate template,
            IssuerProfile profile,
            SignatureVerifier verifier,
            Instant begin,
            Instant end) {
        this.template = template;
        this.profile = profile;
        this.verifier = verifier;
        this.begin = begin;
        this.end = end;
    }

    /// Checks the template itself. Takes about a millisecond, once for each credential.
    ///
    /// @param issuers the CA's certificates, one name and key
    /// @throws RejectedTemplateException nothing signed with it may be served for this issuer
    public static ReceivedResponseCheck of(
            ResponseTemplate template,
            List<IssuerCertificate> issuers,
            IssuerProfile profile,
            Instant now)
            throws RejectedTemplateException {
        ResponseTemplate.TemplateParts parts = template.parts();
        if (!parts.retention().equals(profile.retentionPastExpiry())) {
            throw rejected(
                    "it was made for another profile than %s: configure the same on all nodes"
                            .formatted(profile.name()));
        }
        Optional<DelegateCertificate> delegate = delegate(parts.certificates());
        List<CredentialFinding> errors =
                CredentialLint.examine(
                                new CredentialLint.Candidate(
                                        issuers,
                                        delegate.isEmpty(),
                                        delegate,
                                        Optional.empty(),
                                        profile),
                                now)
                        .stream()
                        .filter(CredentialFinding::isError)
                        .toList();
        if (!errors.isEmpty()) {
            throw rejected(errors.getFirst().toString());
        }
        SubjectPublicKeyInfo key =
                delegate.map(DelegateCertificate::holder)
                        .orElseGet(() -> issuers.getFirst().holder())
                        .getSubjectPublicKeyInfo();
        if (!parts.responderId().equals(byKey(key))) {
            throw rejected(
                    "its responder ID is not the hash of the key in its certificate (RP-07)");
        }
        return new ReceivedResponseCheck(
                template,
                profile,
                verifier(key, parts.algorithm()),
                delegate.map(DelegateCertificate::notBefore)
                        .orElseGet(() -> issuers.getFirst().notBefore()),
                delegate.map(DelegateCertificate::notAfter)
                        .orElseGet(
                                () ->
                                        issuers.stream()
                                                .map(IssuerCertificate::notAfter)
                                                .max(Instant::compareTo)
                                                .orElseThrow()));
    }

    private static Optional<DelegateCertificate> delegate(ByteString certificates)
            throws RejectedTemplateException {
        if (certificates.length() == 0) {
            return Optional.empty();
        }
        try {
            DerReader list =
                    DerReader.strict(certificates.toArray())
                            .inside(DerTag.context(0), "certs")
                            .inside(DerTag.SEQUENCE, "certs");
            list.next(DerTag.SEQUENCE, "a certificate");
            return Optional.of(DelegateCertificate.parse(list.encoded()));
        } catch (MalformedDerException | InvalidCertificateException e) {
            throw new RejectedTemplateException(String.valueOf(e.getMessage()), e);
        }
    }

    private static ByteString byKey(SubjectPublicKeyInfo key) {
        ByteString bits = ByteString.of(key.getPublicKeyData().getOctets());
        byte[] hash =
                DerWriter.encode(DerTag.OCTET_STRING, HashAlgorithm.SHA1.hash(bits).toArray());
        return ByteString.of(DerWriter.encode(DerTag.context(2), hash));
    }

    private static SignatureVerifier verifier(SubjectPublicKeyInfo key, ByteString algorithm)
            throws RejectedTemplateException {
        for (SignatureScheme scheme : SignatureScheme.values()) {
            if (scheme.algorithmIdentifier().equals(algorithm)) {
                try {
                    return SignatureVerifier.of(key, scheme);
                } catch (SigningKeyException e) {
                    throw new RejectedTemplateException(String.valueOf(e.getMessage()), e);
                }
            }
        }
        throw rejected("an unknown signature algorithm");
    }

    private static RejectedTemplateException rejected(String why) {
        return new RejectedTemplateException(why, null);
    }

    /// Why a response must not be served, or empty. Whether its window covers the current time is
    /// for the caller to decide.
    public Optional<String> problem(
            SingleResponseContent answer, ValidityWindow window, ByteString signature) {
        Optional<String> wrongWindow = windowProblem(window);
        if (wrongWindow.isPresent()) {
            return wrongWindow;
        }
        byte[] data;
        try {
            data = template.data(answer, window);
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        return verifier.verifies(data, signature.toArray())
                ? Optional.empty()
                : Optional.of("its signature does not verify with the certificate's key");
    }

    /// The part of [#problem] that needs no signature.
    public Optional<String> windowProblem(ValidityWindow window) {
        Duration validity = window.length();
        if (validity.compareTo(profile.minValidity()) < 0
                || validity.compareTo(profile.maxValidity()) > 0) {
            return Optional.of(
                    "it is valid for %s, and profile %s allows %s to %s (TF-02)"
                            .formatted(
                                    validity,
                                    profile.name(),
                                    profile.minValidity(),
                                    profile.maxValidity()));
        }
        if (window.thisUpdate().isBefore(begin) || window.nextUpdate().isAfter(end)) {
            return Optional.of(
                    "it is valid from %s to %s, and its certificate from %s to %s (TF-09)"
                            .formatted(window.thisUpdate(), window.nextUpdate(), begin, end));
        }
        return Optional.empty();
    }
}
