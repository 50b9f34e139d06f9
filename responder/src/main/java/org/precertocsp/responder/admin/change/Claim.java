package org.precertocsp.responder.admin.change;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

/// A caller's statement about a revocation, and the changes it leads to. Fields left out stay as
/// they are.
record Claim(
        Optional<RevocationReason> reason,
        Optional<Instant> date,
        Optional<Instant> invalidityDate,
        Optional<String> comment) {

    boolean saysNothing() {
        return reason.isEmpty() && date.isEmpty() && invalidityDate.isEmpty();
    }

    /// @param otherwise the date where none is given
    private Revocation revocation(Instant otherwise) {
        return new Revocation(
                date.orElse(otherwise),
                reason.orElse(RevocationReason.UNSPECIFIED),
                invalidityDate);
    }

    /// The end of a certificate. Never amends: a request that is sent again long after, or by
    /// mistake, must not move a date back that was amended since.
    ///
    /// @param unknownSerial whether the caller says that the serial need not have been announced or
    ///   assigned: otherwise it is taken for mistyped
    Fact.Demand revoking(SerialKey key, RevocationPolicy policy, boolean unknownSerial)
            throws Objection {
        Revocation requested = revocation(policy.now());
        reject(policy.check(requested, comment));
        return known -> {
            Optional<StatusRecord.Assigned> assigned = assigned(known);
            Optional<Revocation> before = assigned.flatMap(StatusRecord.Assigned::revocation);
            if (before.isPresent()) {
                if (agreesWith(before.get())) {
                    return Optional.empty();
                }
                throw Objection.of(
                        Objection.Kind.CONFLICT,
                        "revoked already, %s: %s; amend it through /v1/amendments"
                                .formatted(before.get().at(), before.get().reason()));
            }
            if (assigned.filter(StatusRecord.Assigned::ca).isPresent()) {
                reject(policy.checkCa(key, requested));
            }
            if (known.isEmpty() && !unknownSerial) {
                throw Objection.field(
                        "serial",
                        "%s is not known: nobody announced it or brought its certificate. Is it mistyped, or of another issuer? If it is right, say unknownSerial: true (revoke --unknown-serial)"
                                .formatted(key.serial()));
            }
            return Optional.of(new StatusChange.Revoke(key, requested, Optional.empty()));
        };
    }

    /// Another date or reason for a revocation (CR-11 to CR-13).
    Fact.Demand amending(SerialKey key, RevocationPolicy policy) {
        return known -> {
            Revocation before =
                    assigned(known)
                            .flatMap(StatusRecord.Assigned::revocation)
                            .orElseThrow(
                                    () ->
                                            Objection.of(
                                                    Objection.Kind.CONFLICT,
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

    private static void reject(Optional<RevocationPolicy.Violation> violation) throws Objection {
        if (violation.isPresent()) {
            throw Objection.field(violation.get().part().word(), violation.get().what());
        }
    }

    /// Whether nothing it says differs from a revocation.
    private boolean agreesWith(Revocation known) {
        return reason.filter(it -> it != known.reason()).isEmpty()
                && date.filter(it -> !it.equals(known.at())).isEmpty()
                && invalidityDate
                        .filter(it -> !known.invalidityDate().equals(Optional.of(it)))
                        .isEmpty();
    }

    private Revocation amending(Revocation known) {
        // Where both dates were one, they stay one, unless the caller parts them (CR-14).
        Optional<Instant> moved =
                known.invalidityDate().map(it -> it.equals(known.at()) ? date.orElse(it) : it);
        return new Revocation(
                date.orElse(known.at()),
                reason.orElse(known.reason()),
                invalidityDate.or(() -> moved));
    }
}
