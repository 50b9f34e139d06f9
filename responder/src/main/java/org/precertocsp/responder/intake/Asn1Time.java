package org.precertocsp.responder.intake;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// Times as ASN.1 and OpenSSL's index write them: `YYMMDDHHMMSSZ` and `YYYYMMDDHHMMSSZ`.
///
/// RFC 5280 §4.1.2.5 wants exactly those. CRLs in the wild also leave the seconds out, add a
/// fraction or give an offset such as `+0100`; since these say which instant they mean, they are
/// read too. A time without any zone does not, and is refused.
public final class Asn1Time {
    private final byte[] text;
    private final int end;
    private int next;

    private Asn1Time(byte[] text, int start, int end) {
        this.text = text;
        this.next = start;
        this.end = end;
    }

    /// @param length of the text inside the array, from `offset`
    /// @throws DateTimeException if the text is no UTCTime; years 50 to 99 are 1950 to 1999
    public static Instant utcTime(byte[] text, int offset, int length) {
        Asn1Time time = new Asn1Time(text, offset, offset + length);
        int year = time.digits(2);
        return time.rest(year < 50 ? 2000 + year : 1900 + year);
    }

    /// @throws DateTimeException if the text is no GeneralizedTime
    public static Instant generalizedTime(byte[] text, int offset, int length) {
        Asn1Time time = new Asn1Time(text, offset, offset + length);
        return time.rest(time.digits(4));
    }

    private Instant rest(int year) {
        int month = digits(2);
        int day = digits(2);
        int hour = digits(2);
        int minute = digits(2);
        int second = isDigit() ? digits(2) : 0;
        skipFraction();
        LocalDateTime local = LocalDateTime.of(year, month, day, hour, minute, second);
        Instant instant = local.toInstant(zone());
        if (next != end) {
            throw new DateTimeException("characters after the zone");
        }
        return instant;
    }

    private int digits(int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            if (!isDigit()) {
                throw new DateTimeException("a digit is missing at character " + (i + 1));
            }
            value = value * 10 + (text[next++] - '0');
        }
        return value;
    }

    private boolean isDigit() {
        return next < end && text[next] >= '0' && text[next] <= '9';
    }

    private void skipFraction() {
        if (next < end && (text[next] == '.' || text[next] == ',')) {
            next++;
            digits(1);
            while (isDigit()) {
                next++;
            }
        }
    }

    private ZoneOffset zone() {
        byte sign = next < end ? text[next++] : 0;
        return switch (sign) {
            case 'Z' -> ZoneOffset.UTC;
            case '+' -> ZoneOffset.ofHoursMinutes(digits(2), digits(2));
            case '-' -> ZoneOffset.ofHoursMinutes(-digits(2), -digits(2));
            default -> throw new DateTimeException("no zone: the time must end with Z");
        };
    }
}
