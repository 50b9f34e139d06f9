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
    public static EntryPage read(byte[] octets, long first, IssuerFilter ours)
            throws MalformedEntryException {
        EntryFilter skimmer = new EntryFilter(ours, first);
        int at = 0;
        while (at < octets.length) {
            if (skimmer.count() == WIDTH) {
                throw new MalformedEntryException("more than 256 entries in a tile");
            }
            at = readOne(octets, at, skimmer);
        }
        return skimmer.page();
    }

    /// Returns the position of the next entry.
    private static int readOne(byte[] octets, int at, EntryFilter skimmer)
            throws MalformedEntryException {
        TimestampedEntry entry = TimestampedEntry.read(octets, at, octets.length);
        if (entry.kind() == TimestampedEntry.Kind.UNKNOWN) {
            throw new MalformedEntryException(
                    "an entry of unknown type, so that its end is unknown");
        }
        TlsReader cursor = new TlsReader(octets, entry.end(), octets.length);
        if (skimmer.add(entry)) {
            skimmer.keep(entry, EntryExtraData.ofTile(cursor, entry.kind()));
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
