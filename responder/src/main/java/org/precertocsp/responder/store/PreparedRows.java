package org.precertocsp.responder.store;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.StoredRow;

/// The rows of a set as they are sent to other stores. The numbers of new issuers come first, since
/// the other rows use them, then the number of the feed.
final class PreparedRows {
    private static final List<ColumnFamily> ORDER =
            List.of(
                    ColumnFamily.ISSUERS,
                    ColumnFamily.META,
                    ColumnFamily.SOURCES,
                    ColumnFamily.STATUS,
                    ColumnFamily.EVIDENCE,
                    ColumnFamily.CONFLICTS,
                    ColumnFamily.HISTORY,
                    ColumnFamily.CRL_HEADS,
                    ColumnFamily.SIGHTINGS);

    private PreparedRows() {}

    /// The families of which rows are sent.
    static List<ColumnFamily> families() {
        return ORDER;
    }

    static Iterator<StoredRow> of(PendingWrites rows) {
        return rows.isLarge() ? new Merged(rows) : inMemory(rows).iterator();
    }

    private static List<StoredRow> inMemory(PendingWrites rows) {
        List<StoredRow> issuers = new ArrayList<>();
        List<StoredRow> others = new ArrayList<>();
        rows.forEach(
                (family, key, value) -> {
                    if (ORDER.contains(family)) {
                        (family == ColumnFamily.ISSUERS ? issuers : others)
                                .add(row(family, key, value));
                    }
                });
        issuers.addAll(others);
        return issuers;
    }

    /// @param value empty for a deletion
    private static StoredRow row(ColumnFamily family, byte[] key, byte[] value) {
        return new StoredRow(
                StoredRow.Family.ofCode(family.code()).orElseThrow(),
                ByteString.of(key),
                value.length == 0 ? Optional.empty() : Optional.of(ByteString.of(value)));
    }

    /// Of a large set, family by family.
    private static final class Merged implements Iterator<StoredRow> {
        private static final byte[] NONE = {};

        private final PendingWrites rows;
        private final Iterator<ColumnFamily> families = ORDER.iterator();
        private BulkCommit.@Nullable RunMergeIterator merged;
        private boolean atRow;

        Merged(PendingWrites rows) {
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            while (!atRow) {
                if (merged == null) {
                    if (!families.hasNext()) {
                        return false;
                    }
                    merged = rows.sorted(families.next());
                }
                atRow = merged.next();
                if (!atRow) {
                    merged = null;
                }
            }
            return true;
        }

        @Override
        public StoredRow next() {
            if (!hasNext() || merged == null) {
                throw new NoSuchElementException();
            }
            atRow = false;
            SortedRun.Cursor row = merged.row();
            return row(row.family(), row.key(), row.isDeletion() ? NONE : row.value());
        }
    }
}
