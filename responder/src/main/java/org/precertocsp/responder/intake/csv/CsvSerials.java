package org.precertocsp.responder.intake.csv;

import java.math.BigInteger;
import org.precertocsp.ocsp.InvalidSerial;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.SerialParser;
import org.precertocsp.responder.intake.ShownText;

/// Reads the serials of one file and watches for what spreadsheets do to them.
final class CsvSerials {
    private static final int SPREADSHEET_DIGITS = 15;
    private static final int LONG_DECIMAL = 20;
    private static final int MAX_TEXT = 100;
    private static final int ENOUGH_DIGITS = 60;

    private final CsvColumns.Column column;
    private long digitsWithoutLetter;
    private boolean sawLetter;

    CsvSerials(CsvColumns.Column column) {
        this.column = column;
    }

    Serial parse(String text) throws BadRow {
        if (text.isEmpty()) {
            throw new BadRow(column + " is empty");
        }
        if (text.indexOf('.') >= 0 || text.indexOf(',') >= 0 || text.indexOf('+') >= 0) {
            throw new BadRow(
                    ("%s '%s' was rounded by a spreadsheet and its digits are lost: export"
                                    + " it again with the column as text")
                            .formatted(column, ShownText.of(text)));
        }
        try {
            return switch (column) {
                case SERIAL_DECIMAL -> decimal(text);
                default -> hexadecimal(text);
            };
        } catch (InvalidSerial e) {
            throw new BadRow(column + ": " + e.getMessage());
        }
    }

    private Serial decimal(String written) throws BadRow {
        String text = SerialParser.bare(written);
        if (text.length() > MAX_TEXT || !text.matches("-?[0-9]+")) {
            throw new BadRow(
                    "%s '%s' is not a decimal number; hexadecimal belongs in a column serial_hex"
                            .formatted(column, ShownText.of(written)));
        }
        if (text.length() >= LONG_DECIMAL && text.substring(SPREADSHEET_DIGITS).matches("0+")) {
            throw new BadRow(
                    ("%s '%s' has only zeros after %d digits, as spreadsheets leave them:"
                                    + " export it again with the column as text")
                            .formatted(column, text, SPREADSHEET_DIGITS));
        }
        return Serial.of(new BigInteger(text));
    }

    private Serial hexadecimal(String text) {
        Serial serial = SerialParser.parse(text);
        if (!sawLetter) {
            watchLetters(serial);
        }
        return serial;
    }

    private void watchLetters(Serial serial) {
        String digits = serial.number().toString(16);
        sawLetter = digits.chars().anyMatch(c -> c >= 'a' && c <= 'f');
        digitsWithoutLetter += digits.length();
    }

    /// @throws FeedRefused hundreds of digits and no letter among them: these are decimal numbers
    void end() throws FeedRefused {
        // One digit in three of a hexadecimal number is a letter: 60 without any do not happen.
        if (column == CsvColumns.Column.SERIAL
                && !sawLetter
                && digitsWithoutLetter >= ENOUGH_DIGITS) {
            throw new FeedRefused(
                    "no value of the column serial has a letter, so they seem decimal, but serial"
                            + " is read as hexadecimal: name it serial_decimal or serial_hex");
        }
    }
}
