package org.precertocsp.responder.admin.change;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.InvalidSerial;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.certificate.SubmittedCertificates;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Reads what callers say. Thread-safe.
public final class FactReader {
    private static final int MAX_COMMENT = 200;

    private final FedIssuer.Directory issuers;
    private final SubmittedCertificates certificates;
    private final InstantSource clock;

    public FactReader(
            FedIssuer.Directory issuers, SubmittedCertificates certificates, InstantSource clock) {
        this.issuers = issuers;
        this.certificates = certificates;
        this.clock = clock;
    }

    /// @param json one object
    public Fact read(FactKind kind, byte[] json) throws Objection {
        Fields fields = Fields.of(json);
        Fact fact =
                switch (kind) {
                    case ANNOUNCEMENT -> announcement(fields);
                    case CANCELLATION -> cancellation(fields);
                    case CERTIFICATE -> submitted(fields);
                    case REVOCATION -> revocation(fields);
                    case AMENDMENT -> amendment(fields);
                };
        fields.refuseOthers();
        return fact;
    }

    /// @param body DER, PEM or base64
    public Fact certificate(byte[] body) throws Objection {
        return submitted(CertificateText.der(body), Optional.empty());
    }

    /// All issuers that may be fed.
    public FedIssuer.Directory issuers() {
        return issuers;
    }

    /// The issuer a configuration calls so.
    public FedIssuer issuer(String name) throws Objection {
        return issuers.called(name)
                .orElseThrow(
                        () ->
                                Objection.field(
                                        "issuer",
                                        "'%s' is no configured issuer: GET /v1/issuers lists them"
                                                .formatted(shortened(name))));
    }

    /// @param text hexadecimal, as people write it
    public static Serial serial(String text) throws Objection {
        try {
            return Serial.ofHex(text);
        } catch (InvalidSerial e) {
            throw Objection.field("serial", String.valueOf(e.getMessage()));
        }
    }

    private Fact announcement(Fields fields) throws Objection {
        FedIssuer issuer = issuer(fields.required("issuer"));
        SerialKey key = key(issuer, fields);
        Instant at = now();
        return new Fact(
                issuer.name(),
                key,
                _ -> Optional.of(new StatusChange.Announce(key, at)),
                comment(fields),
                List.of());
    }

    private Fact cancellation(Fields fields) throws Objection {
        FedIssuer issuer = issuer(fields.required("issuer"));
        SerialKey key = key(issuer, fields);
        return new Fact(
                issuer.name(),
                key,
                _ -> Optional.of(new StatusChange.CancelAnnouncement(key)),
                comment(fields),
                List.of());
    }

    private Fact submitted(Fields fields) throws Objection {
        Octets der = CertificateText.der(fields.required("certificate"));
        return submitted(der, comment(fields));
    }

    private Fact submitted(Octets der, Optional<String> comment) throws Objection {
        return switch (certificates.judge(der)) {
            case SubmittedCertificates.Verdict.Refused(String why) ->
                    throw Objection.field("certificate", why);
            case SubmittedCertificates.Verdict.Taken(
                            StatusChange.Assign change,
                            List<String> warnings) ->
                    new Fact(
                            issuers.of(change.key().issuer()).map(FedIssuer::name).orElse(""),
                            change.key(),
                            _ -> Optional.of(change),
                            comment,
                            warnings);
        };
    }

    private Fact revocation(Fields fields) throws Objection {
        FedIssuer issuer = issuer(fields.required("issuer"));
        Claim claim = claim(fields);
        if (claim.reason().isEmpty()) {
            throw Objection.field("reason", "is missing: name one, or say unspecified");
        }
        SerialKey key = key(issuer, fields);
        RevocationPolicy policy = new RevocationPolicy(issuer.profile(), now());
        return new Fact(
                issuer.name(),
                key,
                claim.revoking(key, policy, fields.flag("unknownSerial")),
                claim.comment(),
                List.of());
    }

    private Fact amendment(Fields fields) throws Objection {
        FedIssuer issuer = issuer(fields.required("issuer"));
        Claim claim = claim(fields);
        if (claim.saysNothing()) {
            throw Objection.of(
                    Objection.Kind.MALFORMED,
                    "nothing is amended: give reason, date or invalidityDate");
        }
        SerialKey key = key(issuer, fields);
        RevocationPolicy policy = new RevocationPolicy(issuer.profile(), now());
        return new Fact(
                issuer.name(), key, claim.amending(key, policy), claim.comment(), List.of());
    }

    private static Claim claim(Fields fields) throws Objection {
        Optional<RevocationReason> reason = fields.reason("reason");
        return new Claim(
                reason, fields.time("date"), fields.time("invalidityDate"), comment(fields));
    }

    private static SerialKey key(FedIssuer issuer, Fields fields) throws Objection {
        return new SerialKey(issuer.key(), serial(fields.required("serial")));
    }

    private static Optional<String> comment(Fields fields) throws Objection {
        Optional<String> comment = fields.text("comment").map(String::strip);
        if (comment.isPresent()
                && (comment.get().length() > MAX_COMMENT
                        || comment.get().chars().anyMatch(Character::isISOControl)
                        || comment.get().isEmpty())) {
            throw Objection.field(
                    "comment", "expected 1 to %d printable characters".formatted(MAX_COMMENT));
        }
        return comment;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static String shortened(String text) {
        return text.length() <= MAX_COMMENT ? text : text.substring(0, MAX_COMMENT) + "…";
    }
}
