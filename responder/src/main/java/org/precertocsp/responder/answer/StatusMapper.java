package org.precertocsp.responder.answer;

import java.util.Optional;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusRecord;

/// Converts a record of the store to the status in a response.
public final class StatusMapper {
    private StatusMapper() {}

    /// Empty while the serial is only announced.
    public static Optional<CertStatus> of(StatusRecord record, IssuerProfile profile) {
        return switch (record) {
            case StatusRecord.Announced _ -> Optional.empty();
            case StatusRecord.Assigned assigned ->
                    Optional.of(
                            assigned.revocation()
                                    .map(revocation -> revoked(revocation, profile))
                                    .orElseGet(CertStatus.Good::new));
        };
    }

    /// A reason that the profile does not allow is omitted; the revocation itself never is (SA-10).
    private static CertStatus revoked(Revocation revocation, IssuerProfile profile) {
        Optional<RevocationReason> reason =
                Optional.of(revocation.reason())
                        .filter(r -> r != RevocationReason.UNSPECIFIED)
                        .filter(profile.allowedReasons()::contains);
        return new CertStatus.Revoked(revocation.at(), reason);
    }
}
