package org.precertocsp.der;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// UTCTime and GeneralizedTime: `YYMMDDHHMMSSZ` and `YYYYMMDDHHMMSSZ`.
///
/// RFC 5280 §4.1.2.5 allows exactly these forms, and only these are written. Certificates and CRLs
/// in the field also omit the seconds, add a fraction or give an offset such as `+0100`; since
/// these identify an instant, [#parse] accepts them too. A time without a zone does not, and is
/// rejected.
public final class Asn1Time {
    static final int GENERALIZED_TIME_LENGTH = 15;

    /// No GeneralizedTime is this early.
    static final long NO_TIME = Long.MIN_VALUE;

    private static final int UTC_TIME_LENGTH = 13;
    private static final int SECONDS_PER_DAY = 86_400;

    private final byte[] text;
    private final int end;
    private int next;

    private Asn1Time(byte[] text, int start, int end) {
        this.text = text;
        this.next = start;
        this.end = end;
    }

    /// The instant that an element states.
    ///
    /// @param tag of a UTCTime or a GeneralizedTime
    /// @throws DateTimeException if the tag is of another kind, or the text is not a time
    public static Instant parse(int tag, byte[] text, int offset, int length) {
        return switch (tag) {
            case DerTag.UTC_TIME -> utcTime(text, offset, length);
            case DerTag.GENERALIZED_TIME -> generalizedTime(text, offset, length);
            default ->
                    throw new DateTimeException("a time expected, found tag 0x%02x".formatted(tag));
        };
    }

    /// As [#parse(int, byte[], int, int)].
    public static Instant parse(DerElement element) {
        byte[] text = element.content().toArray();
        return parse(element.tag(), text, 0, text.length);
    }

    /// @param length of the text inside the array, from `offset`
    /// @throws DateTimeException if the text is not a UTCTime; years 50 to 99 are 1950 to 1999
    public static Instant utcTime(byte[] text, int offset, int length) {
        Asn1Time time = new Asn1Time(text, offset, offset + length);
        int year = time.digits(2);
        return time.rest(year < 50 ? 2000 + year : 1900 + year);
    }

    /// @throws DateTimeException if the text is not a GeneralizedTime
    public static Instant generalizedTime(byte[] text, int offset, int length) {
        Asn1Time time = new Asn1Time(text, offset, offset + length);
        return time.rest(time.digits(4));
    }

    /// Seconds since 1970 of a GeneralizedTime in the only form that DER allows,
    /// [#GENERALIZED_TIME_LENGTH] bytes; [#NO_TIME] if it has another form. Allocates nothing.
    static long epochSecond(byte[] text, int at) {
        if (text[at + GENERALIZED_TIME_LENGTH - 1] != 'Z') {
            return NO_TIME;
        }
        int century = twoDigits(text, at);
        int year = twoDigits(text, at + 2);
        int month = twoDigits(text, at + 4);
        int day = twoDigits(text, at + 6);
        int hour = twoDigits(text, at + 8);
        int minute = twoDigits(text, at + 10);
        int second = twoDigits(text, at + 12);
        if ((century | year | month | day | hour | minute | second) < 0
                || hour > 23
                || minute > 59
                || second > 59) {
            return NO_TIME;
        }
        try {
            LocalDate date = LocalDate.of(100 * century + year, month, day);
            int ofDay = 3600 * hour + 60 * minute + second;
            return date.toEpochDay() * SECONDS_PER_DAY + ofDay;
        } catch (DateTimeException e) {
            return NO_TIME;
        }
    }

    private static int twoDigits(byte[] text, int at) {
        int tens = text[at] - '0';
        int ones = text[at + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : 10 * tens + ones;
    }

    /// `YYYYMMDDHHMMSSZ`; a fraction of a second is truncated.
    ///
    /// @throws IllegalArgumentException if the year does not have four digits
    public static byte[] generalizedTime(Instant instant) {
        LocalDate date = date(instant);
        int year = date.getYear();
        if (year < 0 || year > 9999) {
            throw new IllegalArgumentException("GeneralizedTime cannot say " + instant);
        }
        byte[] text = new byte[GENERALIZED_TIME_LENGTH];
        putTwoDigits(year / 100, text, 0);
        putRest(date, instant, text, 2);
        return text;
    }

    /// `YYMMDDHHMMSSZ`; a fraction of a second is truncated.
    ///
    /// @throws IllegalArgumentException if the year is not in 1950 to 2049
    public static byte[] utcTime(Instant instant) {
        LocalDate date = date(instant);
        if (date.getYear() < 1950 || date.getYear() > 2049) {
            throw new IllegalArgumentException("UTCTime cannot say " + instant);
        }
        byte[] text = new byte[UTC_TIME_LENGTH];
        putRest(date, instant, text, 0);
        return text;
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`; a fraction of a second is truncated.
    ///
    /// @throws IllegalArgumentException if the year does not have four digits
    public static String iso8601(Instant instant) {
        byte[] digits = generalizedTime(instant);
        byte[] text = new byte[GENERALIZED_TIME_LENGTH + 5];
        System.arraycopy(digits, 0, text, 0, 4);
        putPart('-', digits, 4, text, 4);
        putPart('-', digits, 6, text, 7);
        putPart('T', digits, 8, text, 10);
        putPart(':', digits, 10, text, 13);
        putPart(':', digits, 12, text, 16);
        text[19] = 'Z';
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void putPart(char before, byte[] digits, int from, byte[] text, int at) {
        text[at] = (byte) before;
        text[at + 1] = digits[from];
        text[at + 2] = digits[from + 1];
    }

    private static LocalDate date(Instant instant) {
        return LocalDate.ofEpochDay(
                Math.floorDiv(instant.getEpochSecond(), (long) SECONDS_PER_DAY));
    }

    private static void putRest(LocalDate date, Instant instant, byte[] text, int at) {
        int second = Math.floorMod(instant.getEpochSecond(), SECONDS_PER_DAY);
        putTwoDigits(date.getYear() % 100, text, at);
        putTwoDigits(date.getMonthValue(), text, at + 2);
        putTwoDigits(date.getDayOfMonth(), text, at + 4);
        putTwoDigits(second / 3600, text, at + 6);
        putTwoDigits(second / 60 % 60, text, at + 8);
        putTwoDigits(second % 60, text, at + 10);
        text[at + 12] = 'Z';
    }

    private static void putTwoDigits(int number, byte[] text, int at) {
        text[at] = (byte) ('0' + number / 10);
        text[at + 1] = (byte) ('0' + number % 10);
    }

    private Instant rest(int year) {
        int month = digits(2);
        int day = digits(2);
        int hour = digits(2);
        int minute = digits(2);
        int second = isDigit() ? digits(2) : 0;
        skipFraction();
        if (hour > 23 || minute > 59 || second > 59) {
            throw new DateTimeException("no time of day");
        }
        long local = SECONDS_PER_DAY * LocalDate.of(year, month, day).toEpochDay();
        local += 3600 * hour + 60 * minute + second;
        int offset = zone().getTotalSeconds();
        if (next != end) {
            throw new DateTimeException("characters after the zone");
        }
        return Instant.ofEpochSecond(local - offset);
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
