package org.precertocsp.responder.answer;

import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusRecord;

/// From a CertID to what may be said of it.
final class StatusLookup {
    private final IssuerDirectory issuers;
    private final StatusReader statuses;

    StatusLookup(IssuerDirectory issuers, StatusReader statuses) {
        this.issuers = issuers;
        this.statuses = statuses;
    }

    Finding find(CertId certId) {
        Optional<ServedIssuer> issuer = issuers.of(certId);
        if (issuer.isEmpty()) {
            return new Finding.Unassigned();
        }
        SerialKey key = new SerialKey(issuer.get().key(), certId.serial());
        return statuses.find(key)
                .map(record -> finding(record, issuer.get().profile()))
                .orElseGet(Finding.Unassigned::new);
    }

    private static Finding finding(StatusRecord record, IssuerProfile profile) {
        return switch (record) {
            case StatusRecord.Announced _ -> new Finding.Announced();
            case StatusRecord.Assigned assigned ->
                    new Finding.Known(
                            assigned.revocation()
                                    .map(revocation -> revoked(revocation, profile))
                                    .orElseGet(CertStatus.Good::new));
        };
    }

    /// A reason the profile does not allow is left out; the revocation itself never is (SA-10).
    private static CertStatus revoked(Revocation revocation, IssuerProfile profile) {
        Optional<RevocationReason> reason =
                Optional.of(revocation.reason())
                        .filter(r -> r != RevocationReason.UNSPECIFIED)
                        .filter(profile.allowedReasons()::contains);
        return new CertStatus.Revoked(revocation.at(), reason);
    }
}
