package org.precertocsp.responder.admin.change;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.Revocation;

/// What a caller says of a revocation; what is left out stays as it is.
record Claim(
        Optional<RevocationReason> reason,
        Optional<Instant> date,
        Optional<Instant> invalidityDate,
        Optional<String> comment) {

    boolean saysNothing() {
        return reason.isEmpty() && date.isEmpty() && invalidityDate.isEmpty();
    }

    /// @param otherwise the date where none is given
    Revocation revocation(Instant otherwise) {
        return new Revocation(
                date.orElse(otherwise),
                reason.orElse(RevocationReason.UNSPECIFIED),
                invalidityDate);
    }

    /// Whether nothing it says differs from a revocation.
    boolean agreesWith(Revocation known) {
        return reason.filter(it -> it != known.reason()).isEmpty()
                && date.filter(it -> !it.equals(known.at())).isEmpty()
                && invalidityDate
                        .filter(it -> !known.invalidityDate().equals(Optional.of(it)))
                        .isEmpty();
    }

    Revocation amending(Revocation known) {
        // Where both dates were one, they stay one, unless the caller parts them (CR-14).
        Optional<Instant> moved =
                known.invalidityDate().map(it -> it.equals(known.at()) ? date.orElse(it) : it);
        return new Revocation(
                date.orElse(known.at()),
                reason.orElse(known.reason()),
                invalidityDate.or(() -> moved));
    }
}
