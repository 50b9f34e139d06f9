package org.precertocsp.responder.intake.csv;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// ISO 8601 dates that say which instant they mean.
final class CsvDates {
    private static final int DATE_LENGTH = 10;
    private static final int UTC_LENGTH = 20;

    private CsvDates() {}

    static Instant parse(String text, CsvColumns.Column column) throws BadRow {
        try {
            if (text.length() == DATE_LENGTH) {
                return LocalDate.of(
                                digits(text, 0, 4, ""),
                                digits(text, 5, 7, "-"),
                                digits(text, 8, 10, "-"))
                        .atStartOfDay()
                        .toInstant(ZoneOffset.UTC);
            }
            return isPlainUtc(text) ? plainUtc(text) : withOffset(text);
        } catch (DateTimeException e) {
            throw new BadRow("%s '%s' %s".formatted(column, BadRow.shown(text), remedy(text)));
        }
    }

    private static boolean isPlainUtc(String text) {
        return text.length() == UTC_LENGTH && text.charAt(UTC_LENGTH - 1) == 'Z';
    }

    /// The usual form, `2026-03-01T12:00:00Z`, by hand: five times as fast as a formatter.
    private static Instant plainUtc(String text) {
        return LocalDate.of(
                        digits(text, 0, 4, ""), digits(text, 5, 7, "-"), digits(text, 8, 10, "-"))
                .atTime(
                        digits(text, 11, 13, "T"),
                        digits(text, 14, 16, ":"),
                        digits(text, 17, 19, ":"))
                .toInstant(ZoneOffset.UTC);
    }

    private static int digits(String text, int start, int end, String before) {
        if (!text.startsWith(before, start - before.length())) {
            throw new DateTimeException("'" + before + "' is missing");
        }
        int value = 0;
        for (int i = start; i < end; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                throw new DateTimeException("a digit is missing");
            }
            value = value * 10 + (digit - '0');
        }
        return value;
    }

    private static Instant withOffset(String text) {
        return OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
    }

    private static String remedy(String text) {
        return text.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?")
                ? "has no offset, so that its instant is unknown: append Z for UTC, or +01:00"
                : "is no ISO 8601 date such as 2026-03-01T12:00:00Z or 2026-03-01";
    }
}
