package org.precertocsp.responder.ctlog;

/// Paths of tiles (CT-10).
final class TilePath {
    /// Hashes or entries of a full tile.
    static final int WIDTH = 256;

    private TilePath() {}

    /// @param level a number for hashes, `data` for entries
    /// @param width entries of the tile, 1 to 256
    static String of(String level, long index, int width) {
        StringBuilder path = new StringBuilder("%03d".formatted(index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000) {
            path.insert(0, "x%03d/".formatted(rest % 1000));
        }
        String partial = width == WIDTH ? "" : ".p/" + width;
        return "tile/" + level + "/" + path + partial;
    }
}
