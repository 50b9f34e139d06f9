package org.precertocsp.responder.intake.ctlog.entry;

/// Reads the entries of a data tile of static-ct-api (CT-11).
public final class DataTile {
    /// Entries of a full tile.
    public static final int WIDTH = 256;

    private DataTile() {}

    /// Reads a tile from its first entry to its last.
    ///
    /// @param first index of the tile's first entry
    /// @throws MalformedEntry not a sequence of TileLeaf; nothing of it is usable
    public static EntryPage read(byte[] octets, long first, OurIssuers ours) throws MalformedEntry {
        Skimmer skimmer = new Skimmer(ours, first);
        int at = 0;
        while (at < octets.length) {
            if (skimmer.count() == WIDTH) {
                throw new MalformedEntry("more than 256 entries in a tile");
            }
            at = readOne(octets, at, skimmer);
        }
        return skimmer.page();
    }

    /// Returns the position of the next entry.
    private static int readOne(byte[] octets, int at, Skimmer skimmer) throws MalformedEntry {
        TimestampedEntry entry = TimestampedEntry.read(octets, at, octets.length);
        if (entry.kind() == TimestampedEntry.Kind.UNKNOWN) {
            throw new MalformedEntry("an entry of unknown type, so that its end is unknown");
        }
        TlsCursor cursor = new TlsCursor(octets, entry.end(), octets.length);
        if (skimmer.add(entry)) {
            skimmer.keep(entry, Submitted.ofTile(cursor, entry.kind()));
        } else {
            skip(cursor, entry.kind());
        }
        return cursor.at();
    }

    private static void skip(TlsCursor cursor, TimestampedEntry.Kind kind) throws MalformedEntry {
        if (kind == TimestampedEntry.Kind.PRECERTIFICATE) {
            cursor.skipCounted(3, "precertificate");
        }
        cursor.skipCounted(2, "fingerprints");
    }
}
