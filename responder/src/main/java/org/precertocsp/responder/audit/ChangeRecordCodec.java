package org.precertocsp.responder.audit;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.StatusChange;

/// Collects changes of serials of one issuer into a list for one record. Each is a string that
/// `grep` finds by its serial:
///
/// ```
/// SERIAL OUTCOME announce AT
/// SERIAL OUTCOME cancel
/// SERIAL OUTCOME precertificate|certificate|declaration NOTAFTER|-
/// SERIAL OUTCOME revoke AT REASON INVALIDITY|- [NOTAFTER]
/// ```
///
/// Serials are hexadecimal DER content, times are seconds since 1970, reasons are numbers as in RFC
/// 5280. The outcome is `+` for an added serial, `~` for a changed one, `!` for one first known by
/// its revocation, `?` for a conflict. Not thread-safe.
final class ChangeRecordCodec {
    /// Maximum number of changes in one record; some 200 KB.
    static final int MAX = 4_096;

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder text = new StringBuilder("[");
    private int count;

    /// Whether a change had an effect, and so must be recorded.
    static boolean isEffective(ChangeOutcome outcome) {
        return switch (outcome) {
            case ChangeOutcome.Added _,
                    ChangeOutcome.Changed _,
                    ChangeOutcome.AddedByRevocation _,
                    ChangeOutcome.Conflict _ ->
                    true;
            case ChangeOutcome.Unchanged _, ChangeOutcome.Refused _ -> false;
        };
    }

    void add(StatusChange change, ChangeOutcome outcome) {
        text.append(count++ == 0 ? "\"" : ",\"");
        hex(change.key().serial().content());
        text.append(' ').append(mark(outcome)).append(' ');
        switch (change) {
            case StatusChange.Announce announce -> {
                text.append("announce ").append(announce.at().getEpochSecond());
            }
            case StatusChange.CancelAnnouncement _ -> text.append("cancel");
            case StatusChange.Assign assign -> {
                text.append(word(assign)).append(' ');
                time(assign.notAfter());
            }
            case StatusChange.Revoke revoke -> {
                text.append("revoke ").append(revoke.revocation().at().getEpochSecond());
                text.append(' ').append(revoke.revocation().reason().code()).append(' ');
                time(revoke.revocation().invalidityDate());
                revoke.notAfter().ifPresent(date -> text.append(' ').append(date.getEpochSecond()));
            }
        }
        text.append('"');
    }

    private static char mark(ChangeOutcome outcome) {
        return switch (outcome) {
            case ChangeOutcome.Added _ -> '+';
            case ChangeOutcome.Changed _ -> '~';
            case ChangeOutcome.AddedByRevocation _ -> '!';
            case ChangeOutcome.Conflict _ -> '?';
            case ChangeOutcome.Unchanged _, ChangeOutcome.Refused _ ->
                    throw new IllegalArgumentException("nothing happened");
        };
    }

    private static String word(StatusChange.Assign assign) {
        return switch (assign.by()) {
            case PRECERTIFICATE -> "precertificate";
            case CERTIFICATE -> "certificate";
            case DECLARATION -> "declaration";
            case REVOCATION -> throw new IllegalArgumentException("assigns through Revoke");
        };
    }

    private void hex(ByteString bytes) {
        for (int i = 0; i < bytes.length(); i++) {
            int octet = bytes.at(i);
            text.append(HEX[octet >> 4 & 0xf]).append(HEX[octet & 0xf]);
        }
    }

    private void time(Optional<Instant> time) {
        if (time.isPresent()) {
            text.append(time.get().getEpochSecond());
        } else {
            text.append('-');
        }
    }

    boolean isFull() {
        return count == MAX;
    }

    int count() {
        return count;
    }

    /// Returns the list so far, and starts the next.
    CanonicalJson.Ready take() {
        CanonicalJson.Ready list = new CanonicalJson.Ready(text.append(']').toString());
        text.setLength(1);
        count = 0;
        return list;
    }
}
