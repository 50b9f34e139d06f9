package org.precertocsp.loadtest.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Parses numbers as people write large ones: `10000`, `10k`, `1.5m`.
final class CountConverter implements ITypeConverter<Long> {
    private static final Pattern NUMBER = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([km]?)");

    @Override
    public Long convert(String text) {
        Matcher number = NUMBER.matcher(text.toLowerCase(Locale.ROOT).replace("_", ""));
        if (!number.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is not a number such as 10000, 10k or 1.5m");
        }
        double unit =
                switch (number.group(2)) {
                    case "k" -> 1e3;
                    case "m" -> 1e6;
                    default -> 1;
                };
        return Math.round(Double.parseDouble(number.group(1)) * unit);
    }
}
