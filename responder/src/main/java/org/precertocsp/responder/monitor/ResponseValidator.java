package org.precertocsp.responder.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.signer.DelegateCertificate;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Decides whether a strict client would accept a response: it is about the requested certificate,
/// current, and signed by the CA or a delegate that the CA certified (RFC 6960 §3.2). Thread-safe.
///
/// Everything else that a responder should do is left to the rules.
public final class ResponseValidator {
    private static final int HTTP_OK = 200;
    private static final String OCSP_ARC = "1.3.6.1.5.5.7.48.1.";
    private static final String PKIX_ARC = "1.3.6.1.5.5.7.";
    private static final String CERTIFICATE_ARC = "2.5.29.";
    private static final Duration SKEW = CheckLimits.STANDARD.clockSkew();

    // A responder has few; one that always sends new ones must not fill the memory.
    private static final int MAX_DELEGATES = 256;

    private final IssuerCertificate issuer;
    private final boolean anySigner;
    private final Map<ByteString, Optional<String>> delegates = new ConcurrentHashMap<>();

    /// @param anySigner clients trust a signer that no CA certified (RFC 6960 §4.2.2.2)
    public ResponseValidator(IssuerCertificate issuer, boolean anySigner) {
        this.issuer = issuer;
        this.anySigner = anySigner;
    }

    /// Why a client cannot use a response received over HTTP; empty if it can.
    public Optional<String> objection(
            RawHttpResponse reply, ParsedBasicResponse response, CertId exchange) {
        return reply.status() == HTTP_OK
                ? objection(response, exchange, reply.at())
                : Optional.of("HTTP " + reply.status());
    }

    /// Why it cannot be used; empty if it can.
    private Optional<String> objection(ParsedBasicResponse response, CertId exchange, Instant now) {
        List<ParsedSingleResponse> singles =
                response.singles().stream().filter(it -> it.certId().isFor(exchange)).toList();
        if (singles.isEmpty()) {
            return Optional.of("the answer is about another certificate");
        }
        if (singles.stream().map(ParsedSingleResponse::status).distinct().count() > 1) {
            return Optional.of("it contains two different statuses");
        }
        return time(singles.getFirst(), now)
                .or(() -> extensions(response, singles.getFirst()))
                .or(() -> signature(response, now));
    }

    /// An unknown critical extension forbids use of the response (RFC 6960 §4.4).
    private static Optional<String> extensions(
            ParsedBasicResponse response, ParsedSingleResponse single) {
        return Stream.concat(
                        response.criticalExtensions().stream(),
                        single.criticalExtensions().stream())
                .filter(oid -> !oid.startsWith(OCSP_ARC))
                .findFirst()
                .map(oid -> "its critical extension " + oid + " is unknown to clients");
    }

    private static Optional<String> time(ParsedSingleResponse single, Instant now) {
        Optional<Instant> begin = single.thisUpdate().at();
        if (begin.isEmpty() || begin.get().isAfter(now.plus(SKEW))) {
            return Optional.of("the answer begins to be valid at " + single.thisUpdate());
        }
        if (single.nextUpdate().isPresent() && single.end().isEmpty()) {
            return Optional.of("its nextUpdate is not a valid time: " + single.nextUpdate().get());
        }
        if (single.end().filter(end -> end.isBefore(begin.get())).isPresent()) {
            return Optional.of(
                    "its nextUpdate %s is before its thisUpdate %s"
                            .formatted(single.nextUpdate().get(), single.thisUpdate()));
        }
        return single.end()
                .filter(end -> !end.isAfter(now.minus(SKEW)))
                .map(end -> "the answer was valid until " + end);
    }

    private Optional<String> signature(ParsedBasicResponse response, Instant now) {
        if (response.unusedBits() != 0) {
            return Optional.of(
                    "its signature is a BIT STRING with %d unused bits"
                            .formatted(response.unusedBits()));
        }
        // The CA's own key first: its signatures need no delegate, whichever certificates are
        // included.
        SignerCertificate own = SignerCertificate.of(issuer);
        if (own.hasSigned(response)) {
            return named(own, response);
        }
        List<SignerCertificate> sent =
                response.certificates().stream()
                        .map(SignerCertificate::parse)
                        .flatMap(Optional::stream)
                        .toList();
        for (SignerCertificate each : sent) {
            if (each.hasSigned(response)) {
                return delegated(each, now).or(() -> named(each, response));
            }
        }
        return Optional.of("neither the CA nor an included certificate has signed the answer");
    }

    /// Clients find the signer by the responderID.
    private static Optional<String> named(SignerCertificate signer, ParsedBasicResponse response) {
        return signer.isNamedBy(response.responder())
                ? Optional.empty()
                : Optional.of("its responderID does not identify its signer: " + signer.subject());
    }

    private Optional<String> delegated(SignerCertificate delegate, Instant now) {
        if (anySigner) {
            return Optional.empty();
        }
        if (now.isBefore(delegate.holder().getNotBefore().toInstant())
                || now.isAfter(delegate.holder().getNotAfter().toInstant())) {
            return Optional.of("the delegate that signed is not valid now");
        }
        if (delegates.size() >= MAX_DELEGATES) {
            delegates.clear();
        }
        return delegates.computeIfAbsent(delegate.der(), _ -> certified(delegate));
    }

    /// Why a client that validates the delegate's path rejects it (RFC 5280 §4.2, §4.2.1.3).
    private static Optional<String> usable(SignerCertificate delegate) {
        KeyUsage usage = KeyUsage.fromExtensions(delegate.holder().getExtensions());
        if (usage != null
                && !usage.hasUsages(KeyUsage.digitalSignature)
                && !usage.hasUsages(KeyUsage.nonRepudiation)) {
            return Optional.of(delegate.subject() + " may not sign: its keyUsage has no signature");
        }
        for (Object each : delegate.holder().getCriticalExtensionOIDs()) {
            String oid = each.toString();
            if (!oid.startsWith(CERTIFICATE_ARC) && !oid.startsWith(PKIX_ARC)) {
                return Optional.of(
                        "%s has the critical extension %s, which is unknown to clients"
                                .formatted(delegate.subject(), oid));
            }
        }
        return Optional.empty();
    }

    private Optional<String> certified(SignerCertificate delegate) {
        try {
            DelegateCertificate certificate = DelegateCertificate.parse(delegate.der());
            ExtendedKeyUsage usage =
                    ExtendedKeyUsage.fromExtensions(delegate.holder().getExtensions());
            boolean named = certificate.issuerName().equals(issuer.subjectName());
            if (!named || !certificate.isSignedBy(issuer)) {
                return Optional.of("the CA has not certified the signer: " + delegate.subject());
            }
            if (usage == null || !usage.hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning)) {
                return Optional.of(delegate.subject() + " may not sign answers");
            }
            return usable(delegate);
        } catch (InvalidCertificateException | IllegalArgumentException e) {
            return Optional.of("the delegate's certificate: " + e.getMessage());
        }
    }
}
