package org.precertocsp.responder.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations and sizes as people write them: `48h`, `6d23h`, `500ms`, `256MB`, or ISO 8601 `PT48H`.
final class UnitParser {
    // Nine digits of days fit a Duration many times over, so nothing here overflows.
    private static final Pattern DURATION =
            Pattern.compile(
                    "(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?"
                            + "(?:(\\d{1,9})ms)?");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9}) ?([KMG]i?)?B");

    private UnitParser() {}

    static Duration duration(String text) throws InvalidValueException {
        String compact = text.strip();
        if (compact.startsWith("P") || compact.startsWith("p")) {
            return isoDuration(compact);
        }
        Matcher parts = DURATION.matcher(compact.toLowerCase(Locale.ROOT));
        if (compact.isEmpty() || !parts.matches()) {
            throw notADuration(text);
        }
        return Duration.ofDays(number(parts, 1))
                .plusHours(number(parts, 2))
                .plusMinutes(number(parts, 3))
                .plusSeconds(number(parts, 4))
                .plusMillis(number(parts, 5));
    }

    /// The shortest text that [#duration] parses to the same duration, in whole milliseconds.
    static String text(Duration duration) {
        StringBuilder text = new StringBuilder();
        append(text, duration.toDaysPart(), "d");
        append(text, duration.toHoursPart(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text.toString();
    }

    /// @return bytes; KB, MB and GB count in thousands, KiB, MiB and GiB in 1024s
    static long bytes(String text) throws InvalidValueException {
        Matcher parts = SIZE.matcher(text.strip());
        if (!parts.matches()) {
            throw new InvalidValueException(
                    "\"%s\" is not a size: write a whole number and its unit, as 256MB or 8KiB"
                                    .formatted(text)
                            + " (B, KB, MB, GB, KiB, MiB, GiB)");
        }
        String unit = parts.group(2);
        return number(parts, 1) * (unit == null ? 1 : bytesOf(unit));
    }

    static String text(long bytes) {
        for (String unit : new String[] {"Gi", "G", "Mi", "M", "Ki", "K"}) {
            if (bytes > 0 && bytes % bytesOf(unit) == 0) {
                return bytes / bytesOf(unit) + unit + "B";
            }
        }
        return bytes + "B";
    }

    private static long bytesOf(String unit) {
        long base = unit.endsWith("i") ? 1024 : 1000;
        return switch (unit.charAt(0)) {
            case 'K' -> base;
            case 'M' -> base * base;
            default -> base * base * base;
        };
    }

    private static Duration isoDuration(String text) throws InvalidValueException {
        try {
            Duration duration = Duration.parse(text);
            if (duration.isNegative()) {
                throw new InvalidValueException("\"" + text + "\" is negative");
            }
            return duration;
        } catch (DateTimeException e) {
            throw notADuration(text);
        }
    }

    private static InvalidValueException notADuration(String text) {
        return new InvalidValueException(
                "\"%s\" is not a duration: write numbers with their units, as 48h, 6d12h or 500ms"
                                .formatted(text)
                        + " (d, h, m, s, ms), or ISO 8601 as PT48H");
    }

    private static long number(Matcher parts, int group) {
        String digits = parts.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount > 0) {
            text.append(amount).append(unit);
        }
    }
}
