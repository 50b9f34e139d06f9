package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Records that a set, whose files are complete, is to take effect: once the intent is durable, the
/// set does, whatever happens. Stored in META until all files are tables of the store.
record BulkIntent(List<Table> tables) {
    static final byte[] KEY = "bulk intent".getBytes(StandardCharsets.US_ASCII);

    private static final int FORMAT = 1;

    /// A file of sorted rows.
    ///
    /// @param file its name in [TempDirectory]
    record Table(ColumnFamily family, String file) {}

    BulkIntent {
        tables = List.copyOf(tables);
    }

    List<String> files(ColumnFamily family) {
        return tables.stream().filter(t -> t.family() == family).map(Table::file).toList();
    }

    byte[] toBytes() {
        RowWriter row = new RowWriter().uint8(FORMAT);
        tables.forEach(table -> row.uint8(table.family().code()).text(table.file()));
        return row.toArray();
    }

    static Optional<BulkIntent> read(RocksDatabase database) {
        return database.get(ColumnFamily.META, KEY).map(BulkIntent::of);
    }

    private static BulkIntent of(byte[] bytes) {
        RowReader row = new RowReader("bulk intent", bytes);
        row.format(FORMAT);
        List<Table> tables = new ArrayList<>();
        while (row.hasMore()) {
            ColumnFamily family = ColumnFamily.ofCode((byte) row.uint8());
            tables.add(new Table(family, row.text()));
        }
        return new BulkIntent(tables);
    }
}
