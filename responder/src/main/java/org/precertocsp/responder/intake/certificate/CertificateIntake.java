package org.precertocsp.responder.intake.certificate;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.InvalidSerial;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Commitment;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Judges the certificates of one file, one after the other, and reports to the sink.
final class CertificateIntake {
    /// When Precertificate Signing Certificates ceased to be used (SS-17, ballot SC-92).
    private static final Instant SIGNERS_END = Instant.parse("2026-03-15T00:00:00Z");

    /// One certificate on its way to the sink.
    private record Candidate(Place place, RawCertificate certificate, Serial serial) {
        String say(String what) {
            return "serial " + serial + ": " + what;
        }
    }

    private final Attributor attributor;
    private final Bystanders bystanders;
    private final FeedSink sink;

    CertificateIntake(PrecertificateSigners signers, FeedSink sink) {
        this.attributor = new Attributor(signers);
        this.bystanders = new Bystanders(signers.issuers());
        this.sink = sink;
    }

    void take(Block block) {
        switch (block) {
            case Block.Unusable unusable -> sink.refuse(unusable.place(), unusable.why());
            case Block.Framed framed -> take(framed);
        }
    }

    private void take(Block.Framed framed) {
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
        } catch (InvalidSerial e) {
            throw new MalformedDerException(certificate.subject() + ": " + e.getMessage());
        }
    }

    private void judge(Candidate candidate) throws MalformedDerException {
        Poison poison = Poison.of(candidate.certificate());
        switch (attributor.attribute(candidate.certificate(), poison.isThere())) {
            case Attribution.To to -> assign(candidate, to, poison);
            case Attribution.Foreign(String why) ->
                    decline(candidate, bystanders.explain(candidate.certificate()), why);
            case Attribution.Disowned(String why) ->
                    decline(candidate, bystanders.explainRoot(candidate.certificate()), why);
        }
    }

    /// A CA certificate that only came along is no error of the feed; anything else is.
    private void decline(Candidate candidate, Optional<String> harmless, String why) {
        if (harmless.isPresent()) {
            String subject = candidate.certificate().subject();
            sink.warn(candidate.place(), subject + " " + harmless.get() + "; nothing to assign");
        } else {
            sink.refuse(candidate.place(), candidate.say(why));
        }
    }

    private void assign(Candidate candidate, Attribution.To to, Poison poison)
            throws MalformedDerException {
        RawCertificate certificate = candidate.certificate();
        Commitment commitment = CommittedContent.of(certificate, to.signer());
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
                SctTimes.earliest(certificate).map(change::publishedAt).orElse(change));
    }

    private void lint(Candidate candidate, Attribution.To to) {
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
        // A rule of the TLS Baseline Requirements; a private PKI may go on.
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
}
