package org.precertocsp.responder.ctlog;

/// Reads the entries of a data tile of static-ct-api (CT-11).
public final class DataTileReader {
    /// Entries of a full tile.
    public static final int WIDTH = 256;

    private DataTileReader() {}

    /// Reads a tile from its first entry to its last.
    ///
    /// @param first index of the tile's first entry
    /// @throws MalformedEntryException not a sequence of TileLeaf; nothing of it is usable
    public static EntryPage read(byte[] bytes, long first, IssuerFilter ours)
            throws MalformedEntryException {
        EntryFilter filter = new EntryFilter(ours, first);
        int at = 0;
        while (at < bytes.length) {
            if (filter.count() == WIDTH) {
                throw new MalformedEntryException("more than 256 entries in a tile");
            }
            at = readOne(bytes, at, filter);
        }
        return filter.page();
    }

    /// Returns the position of the next entry.
    private static int readOne(byte[] bytes, int at, EntryFilter filter)
            throws MalformedEntryException {
        TimestampedEntry entry = TimestampedEntry.read(bytes, at, bytes.length);
        if (entry.kind() == TimestampedEntry.Kind.UNKNOWN) {
            throw new MalformedEntryException(
                    "an entry of unknown type, so that its end is unknown");
        }
        TlsReader cursor = new TlsReader(bytes, entry.end(), bytes.length);
        if (filter.add(entry)) {
            filter.keep(entry, EntryExtraData.ofTile(cursor, entry.kind()));
        } else {
            skip(cursor, entry.kind());
        }
        return cursor.at();
    }

    private static void skip(TlsReader cursor, TimestampedEntry.Kind kind)
            throws MalformedEntryException {
        if (kind == TimestampedEntry.Kind.PRECERTIFICATE) {
            cursor.skipCounted(3, "precertificate");
        }
        cursor.skipCounted(2, "fingerprints");
    }
}
