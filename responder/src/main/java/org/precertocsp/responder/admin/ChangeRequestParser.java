package org.precertocsp.responder.admin;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.certificate.SubmittedCertificateVerifier;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

/// Parses the requests of callers. Thread-safe.
public final class ChangeRequestParser {
    private static final int MAX_COMMENT = 200;

    private final ConfiguredIssuer.Directory issuers;
    private final SubmittedCertificateVerifier certificates;
    private final InstantSource clock;

    public ChangeRequestParser(
            ConfiguredIssuer.Directory issuers,
            SubmittedCertificateVerifier certificates,
            InstantSource clock) {
        this.issuers = issuers;
        this.certificates = certificates;
        this.clock = clock;
    }

    /// @param json one object
    public ChangeRequest read(ChangeRequestKind kind, byte[] json) throws ApiException {
        JsonFields fields = JsonFields.of(json);
        ChangeRequest request =
                switch (kind) {
                    case ANNOUNCEMENT -> announcement(fields);
                    case CANCELLATION -> cancellation(fields);
                    case CERTIFICATE -> submitted(fields);
                    case REVOCATION -> revocation(fields);
                    case AMENDMENT -> amendment(fields);
                };
        fields.refuseOthers();
        return request;
    }

    /// @param body DER, PEM or base64
    public ChangeRequest certificate(byte[] body) throws ApiException {
        return submitted(CertificateDecoder.der(body), Optional.empty());
    }

    /// All configured issuers.
    public ConfiguredIssuer.Directory issuers() {
        return issuers;
    }

    /// The issuer with this name in the configuration.
    public ConfiguredIssuer issuer(String name) throws ApiException {
        return issuers.called(name)
                .orElseThrow(
                        () ->
                                ApiException.field(
                                        "issuer",
                                        "'%s' is not a configured issuer: GET /v1/issuers lists them"
                                                .formatted(shortened(name))));
    }

    /// @param text hexadecimal, as people write it
    public static Serial serial(String text) throws ApiException {
        try {
            return Serial.ofHex(text);
        } catch (InvalidSerialException e) {
            throw ApiException.field("serial", String.valueOf(e.getMessage()));
        }
    }

    private ChangeRequest announcement(JsonFields fields) throws ApiException {
        ConfiguredIssuer issuer = issuer(fields.required("issuer"));
        SerialKey key = key(issuer, fields);
        Instant at = now();
        return new ChangeRequest(
                issuer.name(),
                key,
                _ -> Optional.of(new StatusChange.Announce(key, at)),
                comment(fields),
                List.of());
    }

    private ChangeRequest cancellation(JsonFields fields) throws ApiException {
        ConfiguredIssuer issuer = issuer(fields.required("issuer"));
        SerialKey key = key(issuer, fields);
        return new ChangeRequest(
                issuer.name(),
                key,
                _ -> Optional.of(new StatusChange.CancelAnnouncement(key)),
                comment(fields),
                List.of());
    }

    private ChangeRequest submitted(JsonFields fields) throws ApiException {
        ByteString der = CertificateDecoder.der(fields.required("certificate"));
        return submitted(der, comment(fields));
    }

    private ChangeRequest submitted(ByteString der, Optional<String> comment) throws ApiException {
        return switch (certificates.judge(der)) {
            case SubmittedCertificateVerifier.Verdict.Refused(String why) ->
                    throw ApiException.field("certificate", why);
            case SubmittedCertificateVerifier.Verdict.Taken(
                            StatusChange.Assign change,
                            List<String> warnings) ->
                    new ChangeRequest(
                            issuers.of(change.key().issuer())
                                    .map(ConfiguredIssuer::name)
                                    .orElse(""),
                            change.key(),
                            _ -> Optional.of(change),
                            comment,
                            warnings);
        };
    }

    private ChangeRequest revocation(JsonFields fields) throws ApiException {
        ConfiguredIssuer issuer = issuer(fields.required("issuer"));
        RevocationRequest claim = claim(fields);
        if (claim.reason().isEmpty()) {
            throw ApiException.field("reason", "is missing: name one, or say unspecified");
        }
        SerialKey key = key(issuer, fields);
        RevocationPolicy policy = new RevocationPolicy(issuer.profile(), now());
        return new ChangeRequest(
                issuer.name(),
                key,
                claim.revoking(key, policy, fields.flag("unknownSerial")),
                claim.comment(),
                List.of());
    }

    private ChangeRequest amendment(JsonFields fields) throws ApiException {
        ConfiguredIssuer issuer = issuer(fields.required("issuer"));
        RevocationRequest claim = claim(fields);
        if (claim.saysNothing()) {
            throw ApiException.of(
                    ApiException.Kind.MALFORMED,
                    "nothing is amended: give reason, date or invalidityDate");
        }
        SerialKey key = key(issuer, fields);
        RevocationPolicy policy = new RevocationPolicy(issuer.profile(), now());
        return new ChangeRequest(
                issuer.name(), key, claim.amending(key, policy), claim.comment(), List.of());
    }

    private static RevocationRequest claim(JsonFields fields) throws ApiException {
        Optional<RevocationReason> reason = fields.reason("reason");
        return new RevocationRequest(
                reason, fields.time("date"), fields.time("invalidityDate"), comment(fields));
    }

    private static SerialKey key(ConfiguredIssuer issuer, JsonFields fields) throws ApiException {
        return new SerialKey(issuer.key(), serial(fields.required("serial")));
    }

    private static Optional<String> comment(JsonFields fields) throws ApiException {
        Optional<String> comment = fields.text("comment").map(String::strip);
        if (comment.isPresent()
                && (comment.get().length() > MAX_COMMENT
                        || comment.get().chars().anyMatch(Character::isISOControl)
                        || comment.get().isEmpty())) {
            throw ApiException.field(
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

    /// A requested revocation, and the changes it leads to. Fields left out stay as they are.
    record RevocationRequest(
            Optional<RevocationReason> reason,
            Optional<Instant> date,
            Optional<Instant> invalidityDate,
            Optional<String> comment) {

        boolean saysNothing() {
            return reason.isEmpty() && date.isEmpty() && invalidityDate.isEmpty();
        }

        /// @param otherwise the date if the request has none
        private Revocation revocation(Instant otherwise) {
            return new Revocation(
                    date.orElse(otherwise),
                    reason.orElse(RevocationReason.UNSPECIFIED),
                    invalidityDate);
        }

        /// The end of a certificate. Never amends: a request that is repeated long after, or by
        /// mistake, must not move a date back that was amended since.
        ///
        /// @param unknownSerial whether the caller states that the serial need not have been
        ///   announced or assigned: otherwise it is assumed to be mistyped
        ChangeRequest.Demand revoking(SerialKey key, RevocationPolicy policy, boolean unknownSerial)
                throws ApiException {
            Revocation requested = revocation(policy.now());
            reject(policy.check(requested, comment));
            return known -> {
                Optional<StatusRecord.Assigned> assigned = assigned(known);
                Optional<Revocation> before = assigned.flatMap(StatusRecord.Assigned::revocation);
                if (before.isPresent()) {
                    if (agreesWith(before.get())) {
                        return Optional.empty();
                    }
                    throw ApiException.of(
                            ApiException.Kind.CONFLICT,
                            "revoked already, %s: %s; amend it through /v1/amendments"
                                    .formatted(before.get().at(), before.get().reason()));
                }
                if (assigned.filter(StatusRecord.Assigned::ca).isPresent()) {
                    reject(policy.checkCa(key, requested));
                }
                if (known.isEmpty() && !unknownSerial) {
                    throw ApiException.field(
                            "serial",
                            "%s is not known: nobody announced it or brought its certificate. Is it mistyped, or of another issuer? If it is right, say unknownSerial: true (revoke --unknown-serial)"
                                    .formatted(key.serial()));
                }
                return Optional.of(new StatusChange.Revoke(key, requested, Optional.empty()));
            };
        }

        /// Another date or reason for a revocation (CR-11 to CR-13).
        ChangeRequest.Demand amending(SerialKey key, RevocationPolicy policy) {
            return known -> {
                Revocation before =
                        assigned(known)
                                .flatMap(StatusRecord.Assigned::revocation)
                                .orElseThrow(
                                        () ->
                                                ApiException.of(
                                                        ApiException.Kind.CONFLICT,
                                                        "not revoked: revoke it through"
                                                                + " /v1/revocations"));
                Revocation after = amending(before);
                if (after.equals(before)) {
                    return Optional.empty();
                }
                reject(policy.checkAmendment(before, after, comment));
                return Optional.of(new StatusChange.Revoke(key, after, Optional.empty()));
            };
        }

        private static Optional<StatusRecord.Assigned> assigned(Optional<StatusRecord> known) {
            return known.filter(StatusRecord.Assigned.class::isInstance)
                    .map(StatusRecord.Assigned.class::cast);
        }

        private static void reject(Optional<RevocationPolicy.Violation> violation)
                throws ApiException {
            if (violation.isPresent()) {
                throw ApiException.field(violation.get().part().word(), violation.get().what());
            }
        }

        /// Whether nothing in it differs from a revocation.
        private boolean agreesWith(Revocation known) {
            return reason.filter(it -> it != known.reason()).isEmpty()
                    && date.filter(it -> !it.equals(known.at())).isEmpty()
                    && invalidityDate
                            .filter(it -> !known.invalidityDate().equals(Optional.of(it)))
                            .isEmpty();
        }

        private Revocation amending(Revocation known) {
            // If both dates were one, they stay one, unless the caller separates them (CR-14).
            Optional<Instant> moved =
                    known.invalidityDate().map(it -> it.equals(known.at()) ? date.orElse(it) : it);
            return new Revocation(
                    date.orElse(known.at()),
                    reason.orElse(known.reason()),
                    invalidityDate.or(() -> moved));
        }
    }
}
