package org.precertocsp.responder.answer;

import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.IssuerProfile;
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
        return PublicStatus.of(record, profile)
                .<Finding>map(Finding.Known::new)
                .orElseGet(Finding.Announced::new);
    }
}
