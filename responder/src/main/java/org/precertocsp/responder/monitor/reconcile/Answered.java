package org.precertocsp.responder.monitor.reconcile;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.answer.PublicStatus;
import org.precertocsp.responder.monitor.response.SignedReading.TimeReading;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusRecord;

/// A status as a response states it, given or expected.
///
/// @param revokedAt empty while good
/// @param reason CRLReason number; empty if none is stated, which is the same as `unspecified`
record Answered(Optional<Instant> revokedAt, OptionalInt reason) {
    static Answered of(SingleReading single) {
        Optional<Instant> at =
                single.status() == SingleReading.Status.REVOKED
                        ? single.revokedAt()
                                .flatMap(TimeReading::at)
                                .or(() -> Optional.of(Instant.EPOCH))
                        : Optional.empty();
        boolean none =
                single.reason().isEmpty()
                        || single.reason().getAsInt() == RevocationReason.UNSPECIFIED.code();
        return new Answered(at, none ? OptionalInt.empty() : single.reason());
    }

    static Answered of(CertStatus status) {
        return switch (status) {
            case CertStatus.Revoked(Instant at, Optional<RevocationReason> reason) ->
                    new Answered(
                            Optional.of(at),
                            reason.stream().mapToInt(RevocationReason::code).findFirst());
            case CertStatus.Good _, CertStatus.Unknown _ ->
                    new Answered(Optional.empty(), OptionalInt.empty());
        };
    }

    /// The expected answer where a CRL or list states a revocation: a profile may forbid its
    /// reason.
    static Answered of(Revocation stated, IssuerProfile profile) {
        StatusRecord record =
                new StatusRecord.Assigned(
                        AssignedBy.REVOCATION, Optional.empty(), Optional.of(stated));
        return of(PublicStatus.of(record, profile).orElseThrow());
    }

    @Override
    public String toString() {
        if (revokedAt.isEmpty()) {
            return "good";
        }
        String why =
                reason.isEmpty()
                        ? "without a reason"
                        : RevocationReason.ofCode(reason.getAsInt())
                                .map(RevocationReason::toString)
                                .orElse("reason " + reason.getAsInt());
        return "revoked %s, %s".formatted(revokedAt.get(), why);
    }
}
