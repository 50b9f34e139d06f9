package org.precertocsp.responder.audit.journal;

import java.util.Map;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.audit.record.Canonical;

/// Signatures of one key, gathered for one record: strings that `grep` finds by their serial,
/// `SERIAL STATUS THISUPDATE NEXTUPDATE SIGNATURE`, and `SERIAL STATUS` again for each further
/// serial of the same response. Serial and signature are hexadecimal, of the signature the first 16
/// bytes; times are seconds since 1970. Not thread-safe.
final class SignatureLines {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder text = new StringBuilder("[");
    private int count;
    private long from = Long.MAX_VALUE;
    private long to = Long.MIN_VALUE;

    void add(Entry entry) {
        text.append(count++ == 0 ? "\"" : ",\"");
        Entry.Said first = entry.said().getFirst();
        hex(first.serial());
        text.append(' ').append(word(first.status()));
        text.append(' ').append(entry.at()).append(' ').append(entry.until()).append(' ');
        hex(entry.signature());
        for (Entry.Said further : entry.said().subList(1, entry.said().size())) {
            text.append(' ');
            hex(further.serial());
            text.append(' ').append(word(further.status()));
        }
        text.append('"');
        from = Math.min(from, entry.at());
        to = Math.max(to, entry.at());
    }

    private static String word(char status) {
        return switch (status) {
            case 'g' -> "good";
            case 'r' -> "revoked";
            case Entry.PROBE -> "probe";
            default -> "unknown";
        };
    }

    private void hex(Octets octets) {
        for (int i = 0; i < octets.length(); i++) {
            int octet = octets.at(i);
            text.append(HEX[octet >> 4 & 0xf]).append(HEX[octet & 0xf]);
        }
    }

    Map<String, Object> fields() {
        return Map.of(
                "count", count,
                "from", from,
                "to", to,
                "signatures", new Canonical.Ready(text + "]"));
    }
}
