package org.precertocsp.responder.intake.ctlog.client;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.ctlog.entry.DataTile;
import org.precertocsp.responder.intake.ctlog.entry.EntryPage;
import org.precertocsp.responder.intake.ctlog.entry.MalformedEntry;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.Checkpoint;
import org.precertocsp.responder.intake.ctlog.head.LogKey;
import org.precertocsp.responder.intake.ctlog.head.TreeHead;
import org.precertocsp.responder.intake.ctlog.head.UntrustedHead;

/// A client of a log with the static-ct-api.
public final class StaticLog implements CtLog {
    private final LogHttp http;
    private final String prefix;
    private final Optional<String> origin;
    private final LogKey key;

    /// @param url the log's monitoring prefix
    /// @param origin as for [Checkpoint]
    public StaticLog(LogHttp http, URI url, Optional<String> origin, LogKey key) {
        this.http = http;
        this.prefix = url.toString().replaceAll("/+$", "") + "/";
        this.origin = origin;
        this.key = key;
    }

    @Override
    public TreeHead head() throws UntrustedHead, LogUnavailable, InterruptedException {
        byte[] checkpoint = http.get(URI.create(prefix + "checkpoint"));
        if (checkpoint.length > Checkpoint.MAX_OCTETS) {
            throw new UntrustedHead("the checkpoint has %d bytes".formatted(checkpoint.length));
        }
        return Checkpoint.read(checkpoint, origin, key);
    }

    @Override
    public EntryPage entries(Range range, TreeHead head, OurIssuers ours)
            throws LogUnavailable, MalformedAnswer, InterruptedException {
        long tile = range.from() / TilePath.WIDTH;
        int width = (int) Math.min(TilePath.WIDTH, head.size() - tile * TilePath.WIDTH);
        byte[] octets = tile(http, prefix, "data", tile, width);
        try {
            EntryPage page = DataTile.read(octets, tile * TilePath.WIDTH, ours);
            if (page.count() < width) {
                throw new MalformedEntry(
                        "%d entries where the tree has %d: a gap".formatted(page.count(), width));
            }
            return page.part(range.from(), Math.min(range.to(), page.first() + width));
        } catch (MalformedEntry e) {
            String path = prefix + TilePath.of("data", tile, width);
            throw new MalformedAnswer(path + ": " + e.getMessage(), e);
        }
    }

    /// A tile, partial if the tree needs it; the full one if the partial one no longer exists
    /// (CT-13).
    static byte[] tile(LogHttp http, String prefix, String level, long index, int width)
            throws LogUnavailable, InterruptedException {
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
    public List<Octets> consistency(long size, TreeHead head)
            throws LogUnavailable, MalformedAnswer, InterruptedException {
        HashTiles tiles = new HashTiles(http, prefix, head.size());
        return tiles.proof(size);
    }

    @Override
    public List<Octets> edge(long size, TreeHead head)
            throws LogUnavailable, MalformedAnswer, InterruptedException {
        HashTiles tiles = new HashTiles(http, prefix, head.size());
        return tiles.edge(size);
    }

    @Override
    public Optional<Octets> issuer(Octets sha256) throws LogUnavailable, InterruptedException {
        return http.find(URI.create(prefix + "issuer/" + sha256.toHex()))
                .map(Octets::of)
                .filter(der -> HashAlgorithm.SHA256.hash(der).equals(sha256));
    }

    @Override
    public int pageSize() {
        return TilePath.WIDTH;
    }
}
