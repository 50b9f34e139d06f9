package org.precertocsp.responder.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Writes times as HTTP wants them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
final class HttpDates {
    // Not RFC_1123_DATE_TIME, which writes a day below ten in one digit.
    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                    .withZone(ZoneOffset.UTC);

    private HttpDates() {}

    static String format(Instant time) {
        return IMF_FIXDATE.format(time);
    }
}
