package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.RenewalDeadline;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.StatusMapper;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.StatusRecord;

/// Decides what to do with a due renewal. Pure.
///
/// @param wasAsked whether clients still request a stored response
record RenewalRules(ServedIssuer issuer, Predicate<StoredResponse> wasAsked) {
    /// @param status of the responses to sign
    /// @param drop stored responses that are no longer needed
    /// @param again when to decide again
    record Decision(
            Optional<CertStatus> status,
            List<ResponseKey> sign,
            List<ResponseKey> drop,
            Optional<Instant> again) {
        private static Decision nothing() {
            return new Decision(Optional.empty(), List.of(), List.of(), Optional.empty());
        }

        private static Decision drop(List<StoredResponse> kept) {
            return new Decision(
                    Optional.empty(),
                    List.of(),
                    kept.stream().map(StoredResponse::key).toList(),
                    Optional.empty());
        }
    }

    Decision decide(DueRenewal due, Optional<StatusRecord> record, Instant now) {
        Optional<CertStatus> status = record.flatMap(it -> StatusMapper.of(it, issuer.profile()));
        if (status.isEmpty()) {
            return Decision.drop(due.kept());
        }
        boolean always = issuer.presign() == PresignMode.ALL && !isOver(record.get(), now);
        return switch (due.why()) {
            case CHANGED -> changed(due, status.get(), always, now);
            case PLANNED -> planned(due, status.get(), always, now);
            case NEW, SWEPT ->
                    always && due.kept().stream().noneMatch(it -> isFresh(it, status.get(), now))
                            ? sign(status.get(), due.asked().stream().toList())
                            : Decision.nothing();
        };
    }

    /// True if the certificate has expired and the retention of its status has ended.
    private boolean isOver(StatusRecord record, Instant now) {
        Duration retention = issuer.profile().retentionPastExpiry().orElse(Duration.ZERO);
        return record instanceof StatusRecord.Assigned assigned
                && assigned.notAfter().filter(end -> end.plus(retention).isBefore(now)).isPresent();
    }

    /// All forms of the response that clients may still have.
    private static Decision changed(
            DueRenewal due, CertStatus status, boolean always, Instant now) {
        List<ResponseKey> sign = new ArrayList<>();
        List<ResponseKey> drop = new ArrayList<>();
        for (StoredResponse kept : due.kept()) {
            (kept.window().nextUpdate().isAfter(now) ? sign : drop).add(kept.key());
        }
        ResponseKey usual = DueRenewal.usual(due.serial());
        if (always && !sign.contains(usual)) {
            drop.remove(usual);
            sign.add(usual);
        }
        return new Decision(Optional.of(status), sign, drop, Optional.empty());
    }

    private Decision planned(DueRenewal due, CertStatus status, boolean always, Instant now) {
        ResponseKey key = due.asked().orElseThrow();
        boolean presigned = always && key.equals(DueRenewal.usual(due.serial()));
        if (due.kept().isEmpty()) {
            return presigned ? sign(status, List.of(key)) : Decision.nothing();
        }
        StoredResponse kept = due.kept().getFirst();
        if (isFresh(kept, status, now)) {
            // Signed again since this was planned, and planned again then.
            return Decision.nothing();
        }
        if (presigned || wasAsked.test(kept)) {
            return sign(status, List.of(key));
        }
        Instant deadline = RenewalDeadline.of(kept.window());
        return deadline.isAfter(now)
                ? new Decision(Optional.empty(), List.of(), List.of(), Optional.of(deadline))
                : Decision.drop(due.kept());
    }

    private static boolean isFresh(StoredResponse kept, CertStatus status, Instant now) {
        return kept.status().equals(status)
                && RenewalPlan.of(kept.key(), kept.window()).isAfter(now);
    }

    private static Decision sign(CertStatus status, List<ResponseKey> keys) {
        return new Decision(Optional.of(status), keys, List.of(), Optional.empty());
    }
}
