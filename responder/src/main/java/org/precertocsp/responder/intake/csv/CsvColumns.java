package org.precertocsp.responder.intake.csv;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.precertocsp.responder.intake.FeedRefused;

/// Which column stands where, from the header row.
///
/// @param count how many values every row must have
/// @param serial the one of the serial columns that is there
record CsvColumns(Map<Column, Integer> positions, int count, Column serial) {
    /// The columns there are; in a file their names are in any letter case.
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

    /// @throws FeedRefused a column is unknown, twice there, or missing
    static CsvColumns of(CsvRecord header) throws FeedRefused {
        Map<Column, Integer> positions = new EnumMap<>(Column.class);
        for (int i = 0; i < header.getFieldCount(); i++) {
            String name = header.getField(i).strip().toLowerCase(Locale.ROOT);
            Optional<Column> column = Column.named(name);
            if (column.isEmpty()) {
                throw new FeedRefused(
                        "unknown column '%s' in the header; the columns are: %s"
                                .formatted(BadRow.shown(name), names(List.of(Column.values()))));
            }
            if (positions.put(column.get(), i) != null) {
                throw new FeedRefused("column '" + name + "' occurs twice");
            }
        }
        return new CsvColumns(positions, header.getFieldCount(), serialOf(positions));
    }

    private static Column serialOf(Map<Column, Integer> positions) throws FeedRefused {
        List<Column> serials = SERIALS.stream().filter(positions::containsKey).toList();
        if (serials.size() != 1) {
            throw new FeedRefused(
                    "exactly one of the columns %s is required".formatted(names(SERIALS)));
        }
        if (!positions.containsKey(Column.STATUS)) {
            throw new FeedRefused("the column status is required (good or revoked)");
        }
        return serials.getFirst();
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::toString).collect(Collectors.joining(", "));
    }

    /// The value of a column, without blanks around it; empty if the column is missing.
    String value(CsvRecord row, Column column) {
        Integer position = positions.get(column);
        return position == null ? "" : row.getField(position).strip();
    }
}
