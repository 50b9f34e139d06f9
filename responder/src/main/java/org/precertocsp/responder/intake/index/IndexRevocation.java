package org.precertocsp.responder.intake.index;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.Revocation;

/// The third field of an R line: `date[,reason[,detail]]`, as `openssl ca -revoke` writes it.
final class IndexRevocation {
    private static final String FIELD = "field 3 (revocation)";

    private IndexRevocation() {}

    static Revocation parse(String text) throws BadLine {
        String[] parts = text.split(",", 3);
        Instant at = IndexLine.time(parts[0], FIELD + " date");
        if (parts.length == 1) {
            return new Revocation(at, RevocationReason.UNSPECIFIED, Optional.empty());
        }
        String detail = parts.length == 3 ? parts[2] : "";
        // OpenSSL's own names for options of `ca -revoke`, beside those of RFC 5280.
        return switch (parts[1].toLowerCase(Locale.ROOT)) {
            case "keytime" -> compromised(at, RevocationReason.KEY_COMPROMISE, detail);
            case "cakeytime" -> compromised(at, RevocationReason.CA_COMPROMISE, detail);
            // The detail says how to treat a hold, which RFC 5280 gave up: the status is the same.
            case "holdinstruction" ->
                    new Revocation(at, RevocationReason.CERTIFICATE_HOLD, Optional.empty());
            default -> new Revocation(at, plain(parts[1], detail), Optional.empty());
        };
    }

    private static Revocation compromised(Instant at, RevocationReason reason, String since)
            throws BadLine {
        return new Revocation(
                at, reason, Optional.of(IndexLine.time(since, FIELD + " time of compromise")));
    }

    private static RevocationReason plain(String name, String detail) throws BadLine {
        if (!detail.isEmpty()) {
            throw new BadLine(
                    "%s has '%s' after reason %s, which takes nothing"
                            .formatted(FIELD, IndexLine.shown(detail), IndexLine.shown(name)));
        }
        return RevocationReason.ofText(name)
                .orElseThrow(
                        () ->
                                new BadLine(
                                        "%s has the unknown reason '%s'"
                                                .formatted(FIELD, IndexLine.shown(name))));
    }
}
