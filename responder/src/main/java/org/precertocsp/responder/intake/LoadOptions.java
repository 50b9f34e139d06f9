package org.precertocsp.responder.intake;

import java.util.Map;
import java.util.Optional;

/// How a file is to be loaded, where not as usual.
///
/// @param strict nothing is loaded if any record is refused or in conflict
/// @param dryRun everything is judged and counted, and nothing written
/// @param newSerials a list may name serials that another issuer is known to have
/// @param hexSerials serials of an index.txt are hexadecimal although none has a letter
/// @param acceptNumberReset a CRL whose number or date went back becomes the newest of its scope
/// @param columns for CSV: what a column is called in the header, by the name it has here
public record LoadOptions(
        boolean strict,
        boolean dryRun,
        boolean newSerials,
        boolean hexSerials,
        boolean acceptNumberReset,
        Map<String, String> columns) {
    /// As usual.
    public static final LoadOptions USUAL =
            new LoadOptions(false, false, false, false, false, Map.of());

    // A note of an older command has none of them.
    @SuppressWarnings({"NullAway", "ConstantConditions"})
    public LoadOptions {
        columns = columns == null ? Map.of() : Map.copyOf(columns);
    }

    /// Reads `NAME=HEADER`.
    ///
    /// @return empty if it is not of that form
    public static Optional<Map.Entry<String, String>> column(String text) {
        int sign = text.indexOf('=');
        return sign <= 0 || sign == text.length() - 1
                ? Optional.empty()
                : Optional.of(Map.entry(text.substring(0, sign).strip(), text.substring(sign + 1)));
    }
}
