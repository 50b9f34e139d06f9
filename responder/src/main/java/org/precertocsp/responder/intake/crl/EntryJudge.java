package org.precertocsp.responder.intake.crl;

import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.RevocationPolicy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Turns the entries of a verified CRL into revocations, or says why not (CR-08, CR-14).
record EntryJudge(IssuerKey issuer, RevocationPolicy policy, FeedSink sink)
        implements CrlEntry.Visitor {
    @Override
    public void entry(CrlEntry entry) {
        switch (entry) {
            case CrlEntry.Unusable unusable -> sink.refuse(place(entry), unusable.why());
            case CrlEntry.Revoked revoked -> revoked(revoked);
        }
    }

    private void revoked(CrlEntry.Revoked entry) {
        if (entry.reason() == CrlEntry.REMOVE_FROM_CRL) {
            sink.refuse(
                    place(entry),
                    "the delta CRL removes serial %s: no revocation is ever undone (SA-11)"
                            .formatted(entry.serial()));
            return;
        }
        Optional<RevocationReason> reason = reason(entry);
        if (reason.isEmpty()) {
            sink.refuse(
                    place(entry),
                    "serial %s has reason %d, which does not exist (CR-08, CR-09)"
                            .formatted(entry.serial(), entry.reason()));
            return;
        }
        judge(entry, new Revocation(entry.at(), reason.get(), entry.invalidityDate()));
    }

    private static Optional<RevocationReason> reason(CrlEntry.Revoked entry) {
        return entry.reason() == CrlEntry.NO_REASON
                ? Optional.of(RevocationReason.UNSPECIFIED)
                : RevocationReason.ofCode(entry.reason());
    }

    private void judge(CrlEntry.Revoked entry, Revocation claimed) {
        switch (policy.judge(claimed)) {
            case RevocationPolicy.Verdict.Refused refused ->
                    sink.refuse(place(entry), refused.why());
            case RevocationPolicy.Verdict.Accepted accepted -> {
                for (String remark : accepted.remarks()) {
                    sink.warn(place(entry), "serial " + entry.serial() + ": " + remark);
                }
                warnOfSerial(entry);
                SerialKey key = new SerialKey(issuer, entry.serial());
                sink.accept(
                        place(entry),
                        new StatusChange.Revoke(key, accepted.revocation(), Optional.empty()));
            }
        }
    }

    private void warnOfSerial(CrlEntry.Revoked entry) {
        Serial serial = entry.serial();
        if (serial.content().at(0) < 0) {
            sink.warn(place(entry), "serial " + serial.number() + " is negative (SS-14)");
        } else if (serial.content().length() == 1 && serial.content().at(0) == 0) {
            sink.warn(place(entry), "the serial is zero (SS-14)");
        }
    }

    private static Place place(CrlEntry entry) {
        return new Place.Offset(entry.offset());
    }
}
