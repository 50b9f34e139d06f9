package org.precertocsp.responder.intake;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.precertocsp.der.Asn1Time;

/// Parses times as common tools and databases write them, if they are unambiguous:
///
/// | Form | Example |
/// |---|---|
/// | ISO 8601 and RFC 3339 | `2026-03-01T12:00:00Z`, `2026-03-01 12:00:00.123+01:00`, `2026-03-01T12:00Z` |
/// | ISO 8601, basic, ordinal, week | `20260301T120000Z`, `2026-060`, `2026-W09-7` |
/// | a date alone, midnight UTC | `2026-03-01`, `20260301` |
/// | year first, with dots or slashes, as in CCADB's reports | `2026.03.01`, `2026/03/01` |
/// | without a zone: taken for UTC | `2026-03-01 12:00:00` |
/// | ASN.1 and OpenSSL's index | `260301120000Z`, `20260301120000Z`, offsets too |
/// | seconds or milliseconds since 1970 | `1772366400`, `1772366400000` |
/// | Java, C, HTTP, OpenSSL in words | `Sun Mar 01 12:00:00 UTC 2026`, `Mar  1 12:00:00 2026 GMT` |
///
/// `24:00:00` and the leap second `23:59:60` are the next day's midnight, as in ISO 8601. Numeric
/// dates with day or month first (`01.03.2026`, `3/1/2026`) are ambiguous, and rejected.
public final class TimeParser {
    /// @param time whole seconds
    /// @param zoneAssumed no zone was given, and UTC was assumed; never true for a date alone
    public record Parsed(Instant time, boolean zoneAssumed) {}

    private static final int MAX_LENGTH = 64;
    private static final long SECONDS_PER_DAY = 24 * 60 * 60;
    private static final int UTC_LENGTH = 20;
    private static final int ASN1_LENGTH = 13;
    private static final int DATE_LENGTH = 10;
    private static final String DATE = "0000-00-00";

    /// Later times without seconds are UTCTimes with a wrong month.
    private static final Instant LAST_WITHOUT_SECONDS = Instant.parse("2112-12-31T23:59:59Z");

    private static final List<DateTimeFormatter> IN_WORDS =
            List.of(
                    words("EEE MMM d HH:mm:ss 'Z' uuuu"),
                    words("EEE MMM d HH:mm:ss uuuu 'Z'"),
                    words("MMM d HH:mm:ss uuuu 'Z'"),
                    words("EEE, d MMM uuuu HH:mm:ss 'Z'"),
                    words("d MMM uuuu HH:mm:ss 'Z'"));

    private final String text;
    private int next;

    private TimeParser(String text) {
        this.text = text;
    }

    private static DateTimeFormatter words(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }

    /// @return empty if the text is no time, or is ambiguous
    public static Optional<Parsed> parse(String text) {
        try {
            if (isPlainUtc(text)) {
                return Optional.of(new Parsed(plainUtc(text), false));
            }
            if (isPlainAsn1(text)) {
                return Optional.of(new Parsed(asn1(text), false));
            }
            return text.length() > MAX_LENGTH ? Optional.empty() : other(text.strip());
        } catch (DateTimeException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isPlainUtc(String text) {
        return text.length() == UTC_LENGTH
                && text.charAt(UTC_LENGTH - 1) == 'Z'
                && text.charAt(4) == '-';
    }

    /// The usual form in index.txt, `260301120000Z`.
    private static boolean isPlainAsn1(String text) {
        return text.length() == ASN1_LENGTH
                && text.charAt(ASN1_LENGTH - 1) == 'Z'
                && isDigits(text, ASN1_LENGTH - 1);
    }

    /// The usual form, `2026-03-01T12:00:00Z`, ten times as fast as a formatter.
    private static Instant plainUtc(String text) {
        TimeParser parser = new TimeParser(text);
        LocalDate date = parser.date();
        parser.separator();
        return Instant.ofEpochSecond(parser.timeOn(date));
    }

    private static Optional<Parsed> other(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (isDigits(text, text.length())) {
            return digitsOnly(text);
        }
        char first = text.charAt(0);
        if (first < '0' || first > '9' || text.indexOf(',') == 3) {
            return inWords(text);
        }
        int digits = 0;
        while (isDigit(text, digits)) {
            digits++;
        }
        return switch (digits) {
            case 4 -> Optional.of(new TimeParser(text).iso());
            case 8 -> Optional.of(new TimeParser(basicToExtended(text)).iso());
            case 10, 12, 14 -> Optional.of(new Parsed(asn1(text), false));
            default -> inWords(text);
        };
    }

    private static Optional<Parsed> digitsOnly(String text) {
        return switch (text.length()) {
            case 8 -> Optional.of(new TimeParser(basicToExtended(text)).iso());
            case 9, 10 -> Optional.of(utc(Instant.ofEpochSecond(Long.parseLong(text))));
            case 13 -> Optional.of(utc(Instant.ofEpochSecond(Long.parseLong(text) / 1_000)));
            case 14 -> Optional.of(new Parsed(asn1(text + "Z"), true));
            default -> Optional.empty();
        };
    }

    private static Parsed utc(Instant time) {
        return new Parsed(time, false);
    }

    /// `20260301T120000Z` as `2026-03-01T12:00:00Z`.
    private static String basicToExtended(String text) {
        String date =
                text.substring(0, 4) + "-" + text.substring(4, 6) + "-" + text.substring(6, 8);
        String rest = text.substring(8);
        if (rest.isEmpty()) {
            return date;
        }
        int digits = 1;
        while (isDigit(rest, digits)) {
            digits++;
        }
        return switch (digits) {
            // The separator and four or six digits.
            case 5 -> date + rest.substring(0, 3) + ":" + rest.substring(3);
            case 7 ->
                    "%s%s:%s:%s"
                            .formatted(
                                    date,
                                    rest.substring(0, 3),
                                    rest.substring(3, 5),
                                    rest.substring(5));
            default -> throw new DateTimeException("no time of day");
        };
    }

    private static Instant asn1(String text) {
        byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
        int digits = 0;
        while (isDigit(text, digits)) {
            digits++;
        }
        if (digits == 14) {
            return Asn1Time.generalizedTime(ascii, 0, ascii.length);
        }
        try {
            return Asn1Time.utcTime(ascii, 0, ascii.length);
        } catch (DateTimeException _) {
            // Then it has a four-digit year and no seconds, unless it is a mistake.
            Instant time = Asn1Time.generalizedTime(ascii, 0, ascii.length);
            if (time.isAfter(LAST_WITHOUT_SECONDS)) {
                throw new DateTimeException("no time");
            }
            return time;
        }
    }

    private static Optional<Parsed> inWords(String text) {
        String utc = text.replace(" UTC", " Z").replace(" GMT", " Z").replaceAll(" +", " ");
        for (DateTimeFormatter form : IN_WORDS) {
            try {
                return Optional.of(utc(LocalDateTime.parse(utc, form).toInstant(ZoneOffset.UTC)));
            } catch (DateTimeException _) {
                // Then it has another form, or is not a time.
            }
        }
        return Optional.empty();
    }

    private Parsed iso() {
        LocalDate date = isoDate();
        if (next == text.length()) {
            return utc(date.atStartOfDay().toInstant(ZoneOffset.UTC));
        }
        separator();
        long local = timeOn(date);
        Optional<ZoneOffset> zone = zone();
        if (next != text.length()) {
            throw new DateTimeException("characters after the zone");
        }
        int offset = zone.orElse(ZoneOffset.UTC).getTotalSeconds();
        return new Parsed(Instant.ofEpochSecond(local - offset), zone.isEmpty());
    }

    private LocalDate isoDate() {
        if (text.startsWith("-W", 4)) {
            next = DATE_LENGTH;
            return LocalDate.parse(
                    text.substring(0, Math.min(next, text.length())),
                    DateTimeFormatter.ISO_WEEK_DATE);
        }
        if (isDigit(text, 7)) {
            next = "0000-000".length();
            return LocalDate.ofYearDay(number(0, 4), number(5, 8));
        }
        return date();
    }

    private LocalDate date() {
        if (text.length() < DATE.length()
                || "-./".indexOf(text.charAt(4)) < 0
                || text.charAt(7) != text.charAt(4)) {
            throw new DateTimeException("no date");
        }
        next = DATE.length();
        return LocalDate.of(number(0, 4), number(5, 7), number(8, 10));
    }

    private void separator() {
        char c = next < text.length() ? text.charAt(next) : 0;
        if (c != 'T' && c != 't' && c != ' ' && c != '_') {
            throw new DateTimeException("no time after the date");
        }
        next++;
    }

    /// The local time in seconds since 1970.
    private long timeOn(LocalDate date) {
        int hour = two();
        colon();
        int minute = two();
        int second = 0;
        boolean fraction = false;
        if (next < text.length() && text.charAt(next) == ':') {
            next++;
            second = two();
            fraction = skipFraction();
        }
        boolean midnight = hour == 24 && minute == 0 && second == 0 && !fraction;
        // Leap seconds end the UTC day; elsewhere a second of 60 is a mistake.
        if ((hour > 23 && !midnight) || minute > 59 || second > 60) {
            throw new DateTimeException("no time of day");
        }
        return SECONDS_PER_DAY * date.toEpochDay() + 3_600L * hour + 60L * minute + second;
    }

    private boolean skipFraction() {
        if (next < text.length() && (text.charAt(next) == '.' || text.charAt(next) == ',')) {
            int start = ++next;
            boolean zero = true;
            while (isDigit(text, next)) {
                zero &= text.charAt(next++) == '0';
            }
            if (next == start) {
                throw new DateTimeException("no fraction");
            }
            return !zero;
        }
        return false;
    }

    /// `Z`, `UTC`, `+01:00`, `+0100`, `+01`, also after a blank; `Z[UTC]` as Java writes it.
    private Optional<ZoneOffset> zone() {
        if (next == text.length()) {
            return Optional.empty();
        }
        String rest = text.substring(next).strip();
        next = text.length();
        return Optional.of(
                switch (rest.toUpperCase(Locale.ROOT)) {
                    case "Z", "UTC", "GMT", "Z[UTC]", "Z[GMT]", "+00:00[UTC]" -> ZoneOffset.UTC;
                    default -> ZoneOffset.of(rest);
                });
    }

    private void colon() {
        if (next >= text.length() || text.charAt(next++) != ':') {
            throw new DateTimeException("no ':'");
        }
    }

    private int two() {
        next += 2;
        return number(next - 2, next);
    }

    private int number(int start, int end) {
        int value = 0;
        for (int i = start; i < end; i++) {
            if (!isDigit(text, i)) {
                throw new DateTimeException("no digit");
            }
            value = value * 10 + (text.charAt(i) - '0');
        }
        return value;
    }

    private static boolean isDigits(String text, int end) {
        for (int i = 0; i < end; i++) {
            if (!isDigit(text, i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(String text, int at) {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }
}
