package org.precertocsp.responder.http;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// Writes times as HTTP wants them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
///
/// Not a DateTimeFormatter, which takes a microsecond of the ninety a live answer takes, for each
/// of its two dates.
final class HttpDates {
    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    private static final int LENGTH = 29;

    private HttpDates() {}

    /// @param time of the years 0 to 9999
    static String format(Instant time) {
        OffsetDateTime at = time.atOffset(ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(LENGTH);
        text.append(DAYS[at.getDayOfWeek().getValue() - 1]).append(", ");
        twoDigits(text, at.getDayOfMonth()).append(' ');
        text.append(MONTHS[at.getMonthValue() - 1]).append(' ');
        twoDigits(text, at.getYear() / 100);
        twoDigits(text, at.getYear() % 100).append(' ');
        twoDigits(text, at.getHour()).append(':');
        twoDigits(text, at.getMinute()).append(':');
        twoDigits(text, at.getSecond()).append(" GMT");
        return text.toString();
    }

    private static StringBuilder twoDigits(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
