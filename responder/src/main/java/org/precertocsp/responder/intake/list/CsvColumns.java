package org.precertocsp.responder.intake.list;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.precertocsp.responder.intake.DisplayText;
import org.precertocsp.responder.intake.FeedRejectedException;

/// The position of each column, from the header row.
///
/// @param count maximum number of values in a row; further ones must be empty
/// @param serial the serial column that is present
/// @param ignored columns that are not read, since `--column` names the others
record CsvColumns(Map<Column, Integer> positions, int count, Column serial, List<String> ignored) {
    /// The known columns; in a file their names may be in any letter case.
    enum Column {
        SERIAL,
        SERIAL_HEX,
        SERIAL_DECIMAL,
        STATUS,
        REVOCATION_DATE,
        REASON,
        INVALIDITY_DATE,
        NOT_AFTER,
        ISSUER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        private static Optional<Column> named(String text) {
            return Stream.of(values()).filter(c -> c.toString().equals(text)).findFirst();
        }
    }

    private static final List<Column> SERIALS =
            List.of(Column.SERIAL, Column.SERIAL_HEX, Column.SERIAL_DECIMAL);

    /// @param mapped names of columns in the header, by their names here
    /// @throws FeedRejectedException columns are unknown, duplicate, or missing
    static CsvColumns of(CsvReader header, Map<String, String> mapped)
            throws FeedRejectedException {
        Map<Column, Integer> positions = new EnumMap<>(Column.class);
        Map<String, Column> called = called(mapped);
        List<String> unknown = new ArrayList<>();
        int count = named(header);
        for (int i = 0; i < count; i++) {
            String written = header.value(i);
            String name = written.toLowerCase(Locale.ROOT);
            Optional<Column> column =
                    Optional.ofNullable(called.get(name)).or(() -> unmapped(name, called));
            if (column.isEmpty()) {
                unknown.add(written);
            } else if (positions.put(column.get(), i) != null) {
                throw new FeedRejectedException("column '" + column.get() + "' occurs twice");
            }
        }
        for (Map.Entry<String, Column> entry : called.entrySet()) {
            if (!positions.containsKey(entry.getValue())) {
                throw new FeedRejectedException(
                        "--column %s=…: the header has no column '%s'; it has: %s"
                                .formatted(
                                        entry.getValue(),
                                        DisplayText.of(entry.getKey()),
                                        written(header, count)));
            }
        }
        if (!unknown.isEmpty() && mapped.isEmpty()) {
            throw new FeedRejectedException(unknown(unknown, header, count));
        }
        return new CsvColumns(positions, count, serialOf(positions), unknown);
    }

    /// A column that `--column` maps is not looked up by its own name.
    private static Optional<Column> unmapped(String name, Map<String, Column> called) {
        return Column.named(name).filter(column -> !called.containsValue(column));
    }

    /// Spreadsheets leave separators at the end: trailing columns without a name are ignored.
    private static int named(CsvReader header) {
        int count = header.count();
        while (count > 0 && header.isBlank(count - 1)) {
            count--;
        }
        return count;
    }

    private static Map<String, Column> called(Map<String, String> mapped)
            throws FeedRejectedException {
        Map<String, Column> called = new HashMap<>();
        for (Map.Entry<String, String> entry : mapped.entrySet()) {
            Column column =
                    Column.named(entry.getKey().strip().toLowerCase(Locale.ROOT))
                            .orElseThrow(
                                    () ->
                                            new FeedRejectedException(
                                                    "--column %s=…: no such column; the columns are: %s"
                                                            .formatted(
                                                                    DisplayText.of(entry.getKey()),
                                                                    names(
                                                                            List.of(
                                                                                    Column
                                                                                            .values())))));
            called.put(entry.getValue().strip().toLowerCase(Locale.ROOT), column);
        }
        return called;
    }

    private static String unknown(List<String> unknown, CsvReader header, int count) {
        List<String> options = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String written = header.value(i);
            guess(written)
                    .filter(column -> Column.named(written.toLowerCase(Locale.ROOT)).isEmpty())
                    .ifPresent(
                            column ->
                                    options.add(
                                            "--column %s='%s'"
                                                    .formatted(column, DisplayText.of(written))));
        }
        return "unknown %s %s in the header; the columns are: %s. Rename them, or say which is which, such as %s; other columns are then ignored"
                .formatted(
                        unknown.size() == 1 ? "column" : "columns",
                        unknown.stream()
                                .map(name -> "'" + DisplayText.of(name) + "'")
                                .collect(Collectors.joining(", ")),
                        names(List.of(Column.values())),
                        options.isEmpty()
                                ? "--column serial='" + DisplayText.of(unknown.getFirst()) + "'"
                                : String.join(" ", options));
    }

    /// The most likely meaning of another tool's column.
    private static Optional<Column> guess(String written) {
        String name = written.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        if (name.contains("serial")) {
            return Optional.of(
                    name.contains("dec")
                            ? Column.SERIAL_DECIMAL
                            : name.contains("hex") ? Column.SERIAL_HEX : Column.SERIAL);
        }
        if (name.contains("reason")) {
            return Optional.of(Column.REASON);
        }
        if (name.contains("invalid")) {
            return Optional.of(Column.INVALIDITY_DATE);
        }
        if (name.contains("notafter") || name.contains("expir") || name.contains("validto")) {
            return Optional.of(Column.NOT_AFTER);
        }
        if (name.contains("status") || name.contains("state") || name.contains("disposition")) {
            return Optional.of(Column.STATUS);
        }
        boolean revokedWhen =
                name.equals("revokedat")
                        || (name.contains("revo")
                                && (name.contains("date") || name.contains("time")));
        return revokedWhen ? Optional.of(Column.REVOCATION_DATE) : Optional.empty();
    }

    private static String written(CsvReader header, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "'" + DisplayText.of(header.value(i)) + "'")
                .collect(Collectors.joining(", "));
    }

    private static Column serialOf(Map<Column, Integer> positions) throws FeedRejectedException {
        List<Column> serials = SERIALS.stream().filter(positions::containsKey).toList();
        if (serials.size() != 1) {
            throw new FeedRejectedException(
                    "exactly one of the columns %s is required".formatted(names(SERIALS)));
        }
        if (!positions.containsKey(Column.STATUS)) {
            throw new FeedRejectedException("the column status is required (good or revoked)");
        }
        return serials.getFirst();
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::toString).collect(Collectors.joining(", "));
    }

    /// The value of a column, without blanks around it; empty if the column is missing, or the row
    /// ends before it.
    String value(CsvReader row, Column column) {
        Integer position = positions.get(column);
        return position == null || position >= row.count() ? "" : row.value(position);
    }

    /// Whether serial and issuer stand before the status: then a row with surplus values after the
    /// status is parsed correctly up to there.
    boolean isStatusLast() {
        int status = position(Column.STATUS);
        return position(serial) < status && position(Column.ISSUER) < status;
    }

    private int position(Column column) {
        return Optional.ofNullable(positions.get(column)).orElse(-1);
    }

    /// Whether a row has values beyond the header's columns.
    boolean isTooLong(CsvReader row) {
        for (int i = count; i < row.count(); i++) {
            if (!row.isBlank(i)) {
                return true;
            }
        }
        return false;
    }
}
