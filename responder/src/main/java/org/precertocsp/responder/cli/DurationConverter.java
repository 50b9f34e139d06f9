package org.precertocsp.responder.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations as people type them: `90s`, `10m`, `1h`, or ISO 8601 `PT10M`.
final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})([smh])");

    @Override
    public Duration convert(String text) {
        Matcher matcher = SHORT.matcher(text);
        try {
            Duration duration =
                    Duration.parse(
                            matcher.matches() ? "PT" + matcher.group(1) + matcher.group(2) : text);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException _) {
            // Reported below.
        }
        throw new TypeConversionException(
                "'" + text + "' is not a duration such as 90s, 10m or 1h");
    }
}
