package org.precertocsp.loadtest.requests;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.Serial;

/// Reads lists of serials: one in hexadecimal per line, optionally a comma and `good`, `revoked`,
/// `assigned` (either of the two, also the default) or `unassigned`. Empty lines, lines that begin
/// with `#`, and a first line `serial,status` are skipped.
public final class SerialListReader {
    private static final String HEADER = "serial";

    /// @param unassigned those the file lists as never issued
    public record Lists(SerialTable assigned, SerialTable unassigned) {}

    private SerialListReader() {}

    /// @throws IOException if the file cannot be read, or, with file, line and cause, if a line is
    ///   not valid
    public static Lists read(Path file) throws IOException {
        PackedSerialTable.Builder assigned = SerialTable.builder();
        PackedSerialTable.Builder unassigned = SerialTable.builder();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                String text = line.strip();
                if (text.isEmpty() || text.startsWith("#") || isHeader(text, number)) {
                    continue;
                }
                try {
                    add(text, assigned, unassigned);
                } catch (InvalidSerialException | UnknownStatusWord e) {
                    throw new IOException(
                            "%s line %d: %s".formatted(file, number, e.getMessage()), e);
                }
            }
        }
        return new Lists(assigned.build(), unassigned.build());
    }

    private static boolean isHeader(String text, int number) {
        return number == 1 && text.toLowerCase(Locale.ROOT).startsWith(HEADER);
    }

    private static void add(
            String text, PackedSerialTable.Builder assigned, PackedSerialTable.Builder unassigned) {
        int comma = text.indexOf(',');
        Serial serial = Serial.ofHex(comma < 0 ? text : text.substring(0, comma).strip());
        ExpectedStatus expected =
                comma < 0 ? ExpectedStatus.ASSIGNED : expected(text.substring(comma + 1));
        (expected == ExpectedStatus.UNASSIGNED ? unassigned : assigned).add(serial, expected);
    }

    private static ExpectedStatus expected(String word) {
        return switch (word.strip().toLowerCase(Locale.ROOT)) {
            case "good" -> ExpectedStatus.GOOD;
            case "revoked" -> ExpectedStatus.REVOKED;
            case "", "assigned" -> ExpectedStatus.ASSIGNED;
            case "unassigned" -> ExpectedStatus.UNASSIGNED;
            default -> throw new UnknownStatusWord(word);
        };
    }

    private static final class UnknownStatusWord extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownStatusWord(String word) {
            super(
                    "'%s' is not a status: write good, revoked, assigned or unassigned"
                            .formatted(word.strip()));
        }
    }
}
