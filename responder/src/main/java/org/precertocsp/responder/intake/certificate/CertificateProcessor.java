package org.precertocsp.responder.intake.certificate;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.CertificateFingerprint;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Judges the certificates of one file, one after the other, and reports to the sink.
final class CertificateProcessor {
    /// When the use of Precertificate Signing Certificates ended (SS-17, ballot SC-92).
    private static final Instant SIGNERS_END = Instant.parse("2026-03-15T00:00:00Z");

    /// One certificate to be reported to the sink.
    private record Candidate(SourceLocation place, RawCertificate certificate, Serial serial) {
        String say(String what) {
            return "serial " + serial + ": " + what;
        }
    }

    private final IssuerMatcher matcher;
    private final UnrelatedCaCheck unrelatedCas;
    private final FeedSink sink;

    CertificateProcessor(PrecertificateSigningCertificates signers, FeedSink sink) {
        this.matcher = new IssuerMatcher(signers);
        this.unrelatedCas = new UnrelatedCaCheck(signers.issuers());
        this.sink = sink;
    }

    void take(CertificateBlock block) {
        switch (block) {
            case CertificateBlock.Unusable unusable ->
                    sink.refuse(unusable.place(), unusable.why());
            case CertificateBlock.Framed framed -> take(framed);
        }
    }

    private void take(CertificateBlock.Framed framed) {
        Candidate candidate;
        try {
            RawCertificate certificate = RawCertificate.parse(framed.der());
            candidate = new Candidate(framed.place(), certificate, serial(certificate));
        } catch (MalformedDerException e) {
            sink.refuse(framed.place(), e.getMessage());
            return;
        }
        try {
            judge(candidate);
        } catch (MalformedDerException e) {
            sink.refuse(candidate.place(), candidate.say(e.getMessage()));
        }
    }

    private static Serial serial(RawCertificate certificate) throws MalformedDerException {
        try {
            return certificate.serial();
        } catch (InvalidSerialException e) {
            throw new MalformedDerException(certificate.subject() + ": " + e.getMessage());
        }
    }

    private void judge(Candidate candidate) throws MalformedDerException {
        PoisonExtension poison = PoisonExtension.of(candidate.certificate());
        switch (matcher.attribute(candidate.certificate(), poison.isThere())) {
            case IssuerMatch.To to -> assign(candidate, to, poison);
            case IssuerMatch.Foreign(String why) ->
                    decline(candidate, unrelatedCas.explain(candidate.certificate()), why);
            case IssuerMatch.Disowned(String why) ->
                    decline(candidate, unrelatedCas.explainRoot(candidate.certificate()), why);
        }
    }

    /// An incidental CA certificate is no error of the feed; anything else is.
    private void decline(Candidate candidate, Optional<String> harmless, String why) {
        if (harmless.isPresent()) {
            String subject = candidate.certificate().subject();
            sink.warn(candidate.place(), subject + " " + harmless.get() + "; nothing to assign");
        } else {
            sink.refuse(candidate.place(), candidate.say(why));
        }
    }

    private void assign(Candidate candidate, IssuerMatch.To to, PoisonExtension poison)
            throws MalformedDerException {
        RawCertificate certificate = candidate.certificate();
        CertificateFingerprint commitment = TbsNormalizer.of(certificate, to.signer());
        Optional<Instant> notAfter = certificate.notAfter();
        lint(candidate, to);
        poison.fault()
                .ifPresent(
                        fault ->
                                sink.warn(
                                        candidate.place(),
                                        candidate.say(
                                                fault
                                                        + "; it is assigned all the same, since the"
                                                        + " CA signed it")));
        if (notAfter.isEmpty()) {
            sink.warn(candidate.place(), candidate.say("its notAfter cannot be read"));
        }
        StatusChange.Assign change =
                new StatusChange.Assign(
                                new SerialKey(to.issuer().key(), candidate.serial()),
                                poison.isThere()
                                        ? AssignedBy.PRECERTIFICATE
                                        : AssignedBy.CERTIFICATE,
                                notAfter,
                                Optional.of(commitment))
                        .ofCa(certificate.isCa());
        sink.accept(
                candidate.place(),
                SctTimestamps.earliest(certificate).map(change::publishedAt).orElse(change));
    }

    private void lint(Candidate candidate, IssuerMatch.To to) {
        SerialLint.finding(candidate.serial(), to.issuer().profile())
                .ifPresent(
                        finding ->
                                sink.warn(
                                        candidate.place(),
                                        "serial " + candidate.serial() + " " + finding));
        if (!candidate.certificate().algorithmsAgree()) {
            sink.warn(
                    candidate.place(),
                    candidate.say("its two signature algorithms differ (RFC 5280 §4.1.1.2)"));
        }
        for (RawExtension extension : candidate.certificate().extensions()) {
            if (!extension.isReadable()) {
                sink.warn(
                        candidate.place(),
                        candidate.say(
                                "its extension at byte %d cannot be read (RFC 5280 §4.1); it is assigned all the same, since the CA signed it"
                                        .formatted(extension.element().start())));
            }
        }
        // A rule of the TLS Baseline Requirements; a private PKI may continue.
        if (to.signer().isPresent()
                && to.issuer().profile().strict()
                && isAfterSignersEnd(candidate.certificate())) {
            sink.warn(
                    candidate.place(),
                    candidate.say(
                            "signed by a Precertificate Signing Certificate, though none may be"
                                    + " used since 2026-03-15 (SS-17)"));
        }
    }

    private static boolean isAfterSignersEnd(RawCertificate certificate) {
        return certificate.notBefore().filter(t -> !t.isBefore(SIGNERS_END)).isPresent();
    }

    /// Detects serials that break the rules but are served nevertheless (SS-14, SS-15).
    static final class SerialLint {
        /// Of 64 random bits, the first eight are zero once in 256 certificates; fewer bits are not
        /// a coincidence.
        private static final int PLAUSIBLE_BITS = 56;

        /// A finding for the operator, as a phrase that follows the serial.
        static Optional<String> finding(Serial serial, IssuerProfile profile) {
            BigInteger number = serial.number();
            if (number.signum() == 0) {
                return Optional.of("is zero; serials are positive (RFC 5280 §4.1.2.2, SS-14)");
            }
            if (number.signum() < 0) {
                return Optional.of("is negative; serials are positive (RFC 5280 §4.1.2.2, SS-14)");
            }
            if (number.bitLength() > 159) {
                return Optional.of("is not below 2^159 (RFC 5280 §4.1.2.2, SS-14)");
            }
            if (profile.strict() && number.bitLength() < PLAUSIBLE_BITS) {
                return Optional.of(
                        "has %d bits, too few to hold 64 random ones (SS-14)"
                                .formatted(number.bitLength()));
            }
            return Optional.empty();
        }

        private SerialLint() {}
    }

    /// Recognises CA certificates that bundles contain and for whose status others are responsible:
    /// those of our issuers, and those above them. They cause a warning, not an alert.
    static final class UnrelatedCaCheck {
        private final IssuerNameIndex issuers;

        UnrelatedCaCheck(IssuerNameIndex issuers) {
            this.issuers = issuers;
        }

        /// Explains a certificate whose issuer is not one of ours; empty if it is simply foreign.
        Optional<String> explain(RawCertificate certificate) {
            if (!mayBeCa(certificate)) {
                return Optional.empty();
            }
            return explainIssuer(certificate).or(() -> explainRoot(certificate));
        }

        private Optional<String> explainIssuer(RawCertificate certificate) {
            return parse(certificate)
                    .flatMap(issuers::sameAs)
                    .map(issuer -> "is a certificate of the configured issuer " + issuer.name())
                    .or(
                            () ->
                                    issuers.certifiedBy(certificate.subjectName())
                                            .map(
                                                    i ->
                                                            "is above the configured issuer "
                                                                    + i.name()));
        }

        /// As above, for a certificate that names one of our issuers: only a root's former key is
        /// no forgery.
        Optional<String> explainRoot(RawCertificate certificate) {
            return mayBeCa(certificate) && certificate.isSelfIssued() && signedItself(certificate)
                    ? Optional.of("is the root of something not configured")
                    : Optional.empty();
        }

        // Old roots have no extensions to mark them as CAs.
        private static boolean mayBeCa(RawCertificate certificate) {
            return certificate.isCa() || certificate.extensions().isEmpty();
        }

        private static boolean signedItself(RawCertificate certificate) {
            return parse(certificate)
                    .filter(
                            own ->
                                    CertificateSignatureVerifier.problem(
                                                    certificate, own.publicKey())
                                            .isEmpty())
                    .isPresent();
        }

        private static Optional<IssuerCertificate> parse(RawCertificate certificate) {
            try {
                return Optional.of(IssuerCertificate.parse(certificate.der()));
            } catch (InvalidCertificateException _) {
                return Optional.empty();
            }
        }
    }
}
