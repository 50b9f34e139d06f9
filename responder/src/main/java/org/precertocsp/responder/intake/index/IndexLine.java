package org.precertocsp.responder.intake.index;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.InvalidSerial;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.Asn1Time;
import org.precertocsp.responder.status.Revocation;

/// One line of index.txt, understood.
///
/// @param revocation present on R lines
record IndexLine(Serial serial, Instant notAfter, Optional<Revocation> revocation) {
    private static final int FIELDS = 6;
    private static final int UTC_TIME_LENGTH = 13;
    private static final int MAX_TIME = 40;

    static IndexLine parse(String line) throws BadLine {
        List<String> fields = fields(line);
        if (fields.size() != FIELDS) {
            throw new BadLine(
                    "%d tab-separated fields where index.txt has %d"
                            .formatted(fields.size(), FIELDS));
        }
        String status = fields.get(0);
        Instant notAfter = time(fields.get(1), "field 2 (expiry)");
        String revoked = fields.get(2);
        Serial serial = serial(fields.get(3));
        return switch (status) {
            case "V", "E" -> {
                if (!revoked.isEmpty()) {
                    throw new BadLine(
                            ("field 1 (status) is %s, but field 3 (revocation) is not empty: which"
                                            + " is it?")
                                    .formatted(status));
                }
                yield new IndexLine(serial, notAfter, Optional.empty());
            }
            case "R" ->
                    new IndexLine(serial, notAfter, Optional.of(IndexRevocation.parse(revoked)));
            default ->
                    throw new BadLine(
                            "field 1 (status) '%s' is none of V, R and E".formatted(shown(status)));
        };
    }

    /// Splits at tabs; one after a backslash belongs to its field, as OpenSSL reads it.
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>(FIELDS);
        int start = 0;
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '\t' && (i == start || line.charAt(i - 1) != '\\')) {
                fields.add(line.substring(start, i));
                start = i + 1;
            }
        }
        fields.add(line.substring(start));
        return fields;
    }

    /// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`; two digits up to 49 are 2000 and later.
    static Instant time(String text, String field) throws BadLine {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        if (octets.length == 0 || octets.length > MAX_TIME) {
            throw new BadLine(field + (octets.length == 0 ? " is empty" : " is no time"));
        }
        try {
            return octets.length == UTC_TIME_LENGTH
                    ? Asn1Time.utcTime(octets, 0, octets.length)
                    : Asn1Time.generalizedTime(octets, 0, octets.length);
        } catch (DateTimeException e) {
            throw new BadLine(
                    "%s '%s' is no time: %s".formatted(field, shown(text), e.getMessage()));
        }
    }

    private static Serial serial(String text) throws BadLine {
        String digits = text.startsWith("-") ? text.substring(1) : text;
        if (digits.length() > 2 * Serial.MAX_OCTETS + 2 || !isHexadecimal(digits)) {
            throw new BadLine(
                    "field 4 (serial) '%s' is not hexadecimal of at most 20 octets"
                            .formatted(shown(text)));
        }
        try {
            return Serial.ofHex(text);
        } catch (InvalidSerial e) {
            throw new BadLine("field 4 (serial): " + e.getMessage());
        }
    }

    private static boolean isHexadecimal(String digits) {
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), 16) < 0) {
                return false;
            }
        }
        return !digits.isEmpty();
    }

    /// Short and printable, for messages.
    static String shown(String text) {
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() <= 40 ? printable : printable.substring(0, 40) + "…";
    }
}
