package org.precertocsp.responder.intake.ctlog.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.merkle.ConsistencyProof;
import org.precertocsp.responder.merkle.TreeHash;

/// The nodes of a tree, read from the tiles of a static-ct-api log. Fetches each tile once; a proof
/// needs few. Not thread-safe.
final class HashTiles {
    private static final int LEVELS_PER_TILE = 8;

    private record Tile(int level, long index) {}

    private final LogHttp http;
    private final String prefix;
    private final long size;
    private final Map<Tile, byte[]> tiles = new HashMap<>();

    /// Carries the three kinds of failures of fetching through the proof.
    private static final class Unfetched extends Exception {
        private static final long serialVersionUID = 1L;

        Unfetched(Exception cause) {
            super(cause);
        }
    }

    /// @param size of the tree
    HashTiles(LogHttp http, String prefix, long size) {
        this.http = http;
        this.prefix = prefix;
        this.size = size;
    }

    List<Octets> proof(long first) throws LogUnavailable, MalformedAnswer, InterruptedException {
        try {
            return ConsistencyProof.between(first, size, this::subtree);
        } catch (Unfetched e) {
            throw cause(e);
        }
    }

    List<Octets> edge(long first) throws LogUnavailable, MalformedAnswer, InterruptedException {
        try {
            return ConsistencyProof.edge(first, this::subtree);
        } catch (Unfetched e) {
            throw cause(e);
        }
    }

    private static MalformedAnswer cause(Unfetched e) throws LogUnavailable, InterruptedException {
        return switch (e.getCause()) {
            case LogUnavailable unavailable -> throw unavailable;
            case InterruptedException interrupted -> throw interrupted;
            case MalformedAnswer malformed -> malformed;
            case null, default -> throw new IllegalStateException(e);
        };
    }

    private Octets subtree(int level, long index) throws Unfetched {
        int tileLevel = level / LEVELS_PER_TILE;
        int inside = level % LEVELS_PER_TILE;
        long firstHash = index << inside;
        byte[] tile = tile(new Tile(tileLevel, firstHash / TilePath.WIDTH));
        int from = (int) (firstHash % TilePath.WIDTH) * TreeHash.LENGTH;
        int length = TreeHash.LENGTH << inside;
        return new TreeHash().root(Octets.of(tile, from, length).toArray());
    }

    private byte[] tile(Tile wanted) throws Unfetched {
        byte[] known = tiles.get(wanted);
        if (known != null) {
            return known;
        }
        long hashes = size >>> (LEVELS_PER_TILE * wanted.level());
        int width = (int) Math.min(TilePath.WIDTH, hashes - wanted.index() * TilePath.WIDTH);
        String level = Integer.toString(wanted.level());
        try {
            byte[] tile = StaticLog.tile(http, prefix, level, wanted.index(), width);
            if (tile.length < width * TreeHash.LENGTH) {
                String path = TilePath.of(level, wanted.index(), width);
                throw new MalformedAnswer(
                        "%s%s has %d bytes, not %d"
                                .formatted(prefix, path, tile.length, width * TreeHash.LENGTH),
                        null);
            }
            tiles.put(wanted, tile);
            return tile;
        } catch (LogUnavailable | MalformedAnswer | InterruptedException e) {
            throw new Unfetched(e);
        }
    }
}
