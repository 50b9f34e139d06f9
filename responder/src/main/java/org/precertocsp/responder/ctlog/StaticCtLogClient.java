package org.precertocsp.responder.ctlog;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.merkle.ConsistencyProof;
import org.precertocsp.responder.merkle.MerkleHasher;

/// A client of a log with the static-ct-api.
public final class StaticCtLogClient implements CtLogClient {
    private final LogHttpClient http;
    private final String prefix;
    private final Optional<String> origin;
    private final LogPublicKey key;

    /// @param url the log's monitoring prefix
    /// @param origin as for [CheckpointParser]
    public StaticCtLogClient(
            LogHttpClient http, URI url, Optional<String> origin, LogPublicKey key) {
        this.http = http;
        this.prefix = url.toString().replaceAll("/+$", "") + "/";
        this.origin = origin;
        this.key = key;
    }

    @Override
    public LogTreeHead head()
            throws UntrustedTreeHeadException, LogUnavailableException, InterruptedException {
        byte[] checkpoint = http.get(URI.create(prefix + "checkpoint"));
        if (checkpoint.length > CheckpointParser.MAX_BYTES) {
            throw new UntrustedTreeHeadException(
                    "the checkpoint has %d bytes".formatted(checkpoint.length));
        }
        return CheckpointParser.read(checkpoint, origin, key);
    }

    @Override
    public EntryPage entries(Range range, LogTreeHead head, IssuerFilter ours)
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException {
        long tile = range.from() / TilePath.WIDTH;
        int width = (int) Math.min(TilePath.WIDTH, head.size() - tile * TilePath.WIDTH);
        byte[] bytes = tile(http, prefix, "data", tile, width);
        try {
            EntryPage page = DataTileReader.read(bytes, tile * TilePath.WIDTH, ours);
            if (page.count() < width) {
                throw new MalformedEntryException(
                        "%d entries where the tree has %d: a gap".formatted(page.count(), width));
            }
            return page.part(range.from(), Math.min(range.to(), page.first() + width));
        } catch (MalformedEntryException e) {
            String path = prefix + TilePath.of("data", tile, width);
            throw new MalformedLogResponseException(path + ": " + e.getMessage(), e);
        }
    }

    /// A tile, partial if the tree needs it; the full one if the partial one no longer exists
    /// (CT-13).
    static byte[] tile(LogHttpClient http, String prefix, String level, long index, int width)
            throws LogUnavailableException, InterruptedException {
        if (width < TilePath.WIDTH) {
            Optional<byte[]> partial =
                    http.find(URI.create(prefix + TilePath.of(level, index, width)));
            if (partial.isPresent()) {
                return partial.get();
            }
        }
        return http.get(URI.create(prefix + TilePath.of(level, index, TilePath.WIDTH)));
    }

    @Override
    public List<ByteString> consistency(long size, LogTreeHead head)
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException {
        TileProofBuilder tiles = new TileProofBuilder(http, prefix, head.size());
        return tiles.proof(size);
    }

    @Override
    public List<ByteString> edge(long size, LogTreeHead head)
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException {
        TileProofBuilder tiles = new TileProofBuilder(http, prefix, head.size());
        return tiles.edge(size);
    }

    @Override
    public Optional<ByteString> issuer(ByteString sha256)
            throws LogUnavailableException, InterruptedException {
        return http.find(URI.create(prefix + "issuer/" + sha256.toHex()))
                .map(ByteString::of)
                .filter(der -> HashAlgorithm.SHA256.hash(der).equals(sha256));
    }

    @Override
    public int pageSize() {
        return TilePath.WIDTH;
    }

    /// The nodes of a tree, read from the tiles of a static-ct-api log. Fetches each tile once; a
    /// proof needs few. Not thread-safe.
    static final class TileProofBuilder {
        private static final int LEVELS_PER_TILE = 8;

        private record Tile(int level, long index) {}

        private final LogHttpClient http;
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
        TileProofBuilder(LogHttpClient http, String prefix, long size) {
            this.http = http;
            this.prefix = prefix;
            this.size = size;
        }

        List<ByteString> proof(long first)
                throws LogUnavailableException,
                        MalformedLogResponseException,
                        InterruptedException {
            try {
                return ConsistencyProof.between(first, size, this::subtree);
            } catch (Unfetched e) {
                throw cause(e);
            }
        }

        List<ByteString> edge(long first)
                throws LogUnavailableException,
                        MalformedLogResponseException,
                        InterruptedException {
            try {
                return ConsistencyProof.edge(first, this::subtree);
            } catch (Unfetched e) {
                throw cause(e);
            }
        }

        private static MalformedLogResponseException cause(Unfetched e)
                throws LogUnavailableException, InterruptedException {
            return switch (e.getCause()) {
                case LogUnavailableException unavailable -> throw unavailable;
                case InterruptedException interrupted -> throw interrupted;
                case MalformedLogResponseException malformed -> malformed;
                case null, default -> throw new IllegalStateException(e);
            };
        }

        private ByteString subtree(int level, long index) throws Unfetched {
            int tileLevel = level / LEVELS_PER_TILE;
            int inside = level % LEVELS_PER_TILE;
            long firstHash = index << inside;
            byte[] tile = tile(new Tile(tileLevel, firstHash / TilePath.WIDTH));
            int from = (int) (firstHash % TilePath.WIDTH) * MerkleHasher.LENGTH;
            int length = MerkleHasher.LENGTH << inside;
            return new MerkleHasher().root(ByteString.of(tile, from, length).toArray());
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
                byte[] tile = StaticCtLogClient.tile(http, prefix, level, wanted.index(), width);
                if (tile.length < width * MerkleHasher.LENGTH) {
                    String path = TilePath.of(level, wanted.index(), width);
                    throw new MalformedLogResponseException(
                            "%s%s has %d bytes, not %d"
                                    .formatted(
                                            prefix, path, tile.length, width * MerkleHasher.LENGTH),
                            null);
                }
                tiles.put(wanted, tile);
                return tile;
            } catch (LogUnavailableException
                    | MalformedLogResponseException
                    | InterruptedException e) {
                throw new Unfetched(e);
            }
        }
    }
}
