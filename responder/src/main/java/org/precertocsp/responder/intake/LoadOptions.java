package org.precertocsp.responder.intake;

import java.util.Map;
import java.util.Optional;

/// Options for loading a file.
///
/// @param strict nothing is loaded if any record is rejected or in conflict
/// @param dryRun everything is applied and counted, but nothing written
/// @param newSerials a list may contain serials that are known as those of another issuer
/// @param hexSerials serials of an index.txt are hexadecimal although none contains a letter
/// @param acceptNumberReset a CRL whose number or date decreased becomes the newest of its scope
/// @param columns for CSV: names of columns in the header, by their names here
public record LoadOptions(
        boolean strict,
        boolean dryRun,
        boolean newSerials,
        boolean hexSerials,
        boolean acceptNumberReset,
        Map<String, String> columns) {
    /// The default options.
    public static final LoadOptions USUAL =
            new LoadOptions(false, false, false, false, false, Map.of());

    // A manifest of an older command has no columns.
    @SuppressWarnings({"NullAway", "ConstantConditions"})
    public LoadOptions {
        columns = columns == null ? Map.of() : Map.copyOf(columns);
    }

    /// Reads `NAME=HEADER`.
    ///
    /// @return empty if the text does not have that form
    public static Optional<Map.Entry<String, String>> column(String text) {
        int sign = text.indexOf('=');
        return sign <= 0 || sign == text.length() - 1
                ? Optional.empty()
                : Optional.of(Map.entry(text.substring(0, sign).strip(), text.substring(sign + 1)));
    }
}
