package org.precertocsp.responder.intake;

import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.Serial;

/// Parses hexadecimal serials as common tools write them: with `0x`, with colons or blanks between
/// bytes, with hyphens as in Vault, and with the characters that spreadsheets put around text.
public final class SerialParser {
    private static final int MAX_TEXT = 100;

    private SerialParser() {}

    /// @throws InvalidSerialException the text is not a serial; the message contains the text
    public static Serial parse(String text) {
        try {
            // Nearly all are plain; those with hyphens between bytes must not cost an exception.
            return Serial.ofHex(isVaultForm(text) ? text.replace("-", "") : text);
        } catch (InvalidSerialException _) {
            return parseBare(text);
        }
    }

    private static Serial parseBare(String text) {
        String plain = bare(text);
        if (plain.length() > MAX_TEXT) {
            throw new InvalidSerialException("'%s' is too long".formatted(DisplayText.of(text)));
        }
        try {
            return Serial.ofHex(isVaultForm(plain) ? plain.replace("-", "") : plain);
        } catch (InvalidSerialException e) {
            // Its message may contain the original text, with invisible characters.
            throw isHexadecimal(plain)
                    ? e
                    : new InvalidSerialException(
                            "'%s' is not a hexadecimal serial".formatted(DisplayText.of(text)));
        }
    }

    private static boolean isHexadecimal(String text) {
        return text.matches("-?(0[xX])?[0-9a-fA-F:\\s]+");
    }

    /// Bytes with hyphens between them: a single one before a number is its sign.
    private static boolean isVaultForm(String text) {
        return text.length() > 2
                && text.charAt(2) == '-'
                && text.matches("[0-9a-fA-F]{2}(-[0-9a-fA-F]{2})+");
    }

    /// Removes blanks of any kind around it, and the marks that make a spreadsheet treat it as
    /// text: `="01"`, `'01`.
    public static String bare(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        String bare = text.substring(start, end);
        if (bare.length() > 3 && bare.startsWith("=\"") && bare.endsWith("\"")) {
            return bare.substring(2, bare.length() - 1);
        }
        return bare.length() > 1 && bare.charAt(0) == '\'' ? bare.substring(1) : bare;
    }

    /// Blanks, no-break spaces, zero-width characters and stray byte order marks.
    private static boolean isBlank(char c) {
        return c <= ' '
                || c == 0xa0
                || c == 0xfeff
                || Character.isWhitespace(c)
                || (c >= 0x2000 && c <= 0x200d)
                || c == 0x2060;
    }
}
