package org.precertocsp.responder.monitor.rule;

import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.response.SignedReading;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.monitor.wire.WireReply;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.DelegateCertificate;
import org.precertocsp.signer.IssuerCertificate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Whether a relying party would believe an answer: about what was asked, current, signed by the CA
/// or a delegate it certified (RFC 6960 §3.2). Thread-safe.
///
/// Says nothing of all that a responder should do besides; that is what the rules are for.
public final class AnswerTrust {
    private static final int HTTP_OK = 200;
    private static final Duration SKEW = CheckLimits.STANDARD.clockSkew();

    // A responder has few; one that sends ever new ones must not fill the memory.
    private static final int MAX_DELEGATES = 256;

    private final IssuerCertificate issuer;
    private final boolean anySigner;
    private final Map<Octets, Optional<String>> delegates = new ConcurrentHashMap<>();

    /// @param anySigner the issuer's clients trust a signer that no CA certified (RFC 6960
    ///   §4.2.2.2)
    public AnswerTrust(IssuerCertificate issuer, boolean anySigner) {
        this.issuer = issuer;
        this.anySigner = anySigner;
    }

    /// Why an answer that came over HTTP cannot be used; empty if it can.
    public Optional<String> objection(WireReply reply, SignedReading response, CertId asked) {
        return reply.status() == HTTP_OK
                ? objection(response, asked, reply.at())
                : Optional.of("HTTP " + reply.status());
    }

    /// Why it is not to be believed; empty if it is.
    private Optional<String> objection(SignedReading response, CertId asked, Instant now) {
        Optional<SingleReading> single =
                response.singles().stream().filter(it -> it.certId().isFor(asked)).findFirst();
        if (single.isEmpty()) {
            return Optional.of("the answer is about another certificate");
        }
        return time(single.get(), now).or(() -> signature(response, now));
    }

    private static Optional<String> time(SingleReading single, Instant now) {
        Optional<Instant> begin = single.thisUpdate().at();
        if (begin.isEmpty() || begin.get().isAfter(now.plus(SKEW))) {
            return Optional.of("the answer begins to be valid at " + single.thisUpdate());
        }
        if (single.nextUpdate().isPresent() && single.end().isEmpty()) {
            return Optional.of("its nextUpdate is no time: " + single.nextUpdate().get());
        }
        return single.end()
                .filter(end -> !end.isAfter(now.minus(SKEW)))
                .map(end -> "the answer was valid until " + end);
    }

    private Optional<String> signature(SignedReading response, Instant now) {
        if (response.unusedBits() != 0) {
            return Optional.of(
                    "its signature is a BIT STRING with %d unused bits"
                            .formatted(response.unusedBits()));
        }
        // The CA's own key first: what it signed needs no delegate, whichever of its certificates
        // is
        // sent along.
        if (SentCertificate.of(issuer).hasSigned(response)) {
            return Optional.empty();
        }
        List<SentCertificate> sent =
                response.certificates().stream()
                        .map(SentCertificate::parse)
                        .flatMap(Optional::stream)
                        .toList();
        for (SentCertificate each : sent) {
            if (each.hasSigned(response)) {
                return delegated(each, now);
            }
        }
        return Optional.of("neither the CA nor a certificate sent has signed the answer");
    }

    private Optional<String> delegated(SentCertificate delegate, Instant now) {
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

    private Optional<String> certified(SentCertificate delegate) {
        try {
            DelegateCertificate certificate = DelegateCertificate.parse(delegate.der());
            ExtendedKeyUsage usage =
                    ExtendedKeyUsage.fromExtensions(delegate.holder().getExtensions());
            boolean named = certificate.issuerName().equals(issuer.subjectName());
            if (!named || !certificate.isSignedBy(issuer)) {
                return Optional.of("the CA has not certified who signed: " + delegate.subject());
            }
            return usage != null && usage.hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning)
                    ? Optional.empty()
                    : Optional.of(delegate.subject() + " may not sign answers");
        } catch (CertificateProblem | IllegalArgumentException e) {
            return Optional.of("the delegate's certificate: " + e.getMessage());
        }
    }
}
