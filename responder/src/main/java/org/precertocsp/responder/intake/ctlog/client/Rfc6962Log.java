package org.precertocsp.responder.intake.ctlog.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.ctlog.entry.EntryPage;
import org.precertocsp.responder.intake.ctlog.entry.GetEntries;
import org.precertocsp.responder.intake.ctlog.entry.MalformedEntry;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.LogKey;
import org.precertocsp.responder.intake.ctlog.head.SignedTreeHead;
import org.precertocsp.responder.intake.ctlog.head.TreeHead;
import org.precertocsp.responder.intake.ctlog.head.UntrustedHead;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.merkle.ConsistencyProof;

/// A client of a log with the API of RFC 6962 §4.
public final class Rfc6962Log implements CtLog {
    // Logs return fewer if that is too many; a larger page would only take longer to repeat.
    private static final int PAGE = 1024;

    private final LogHttp http;
    private final String api;
    private final LogKey key;

    /// @param url of the log, as in log lists
    public Rfc6962Log(LogHttp http, URI url, LogKey key) {
        this.http = http;
        this.api = url.toString().replaceAll("/+$", "") + "/ct/v1/";
        this.key = key;
    }

    @Override
    public TreeHead head() throws UntrustedHead, LogUnavailable, InterruptedException {
        return SignedTreeHead.read(http.get(URI.create(api + "get-sth")), key);
    }

    @Override
    public EntryPage entries(Range range, TreeHead head, OurIssuers ours)
            throws LogUnavailable, MalformedAnswer, InterruptedException {
        URI address =
                URI.create(
                        "%sget-entries?start=%d&end=%d"
                                .formatted(api, range.from(), range.to() - 1));
        EntryPage page;
        try {
            int most = (int) Math.min(PAGE, range.to() - range.from());
            page = GetEntries.read(http.get(address), range.from(), most, ours);
        } catch (MalformedEntry e) {
            throw new MalformedAnswer(address + ": " + e.getMessage(), e);
        }
        if (page.count() == 0) {
            throw new MalformedAnswer(
                    "%s has no entries, though the log signed a tree of %d: a gap"
                            .formatted(address, head.size()),
                    null);
        }
        return page;
    }

    @Override
    public List<Octets> consistency(long size, TreeHead head)
            throws LogUnavailable, MalformedAnswer, InterruptedException {
        if (size == 0 || size == head.size()) {
            return List.of();
        }
        URI address =
                URI.create(
                        "%sget-sth-consistency?first=%d&second=%d"
                                .formatted(api, size, head.size()));
        return hashes(json(address).path("consistency"), address);
    }

    /// From the proof that the entry after the edge is in the tree: what lies left of its path is
    /// the edge (RFC 6962 §2.1.1).
    @Override
    public List<Octets> edge(long size, TreeHead head)
            throws LogUnavailable, MalformedAnswer, InterruptedException {
        if (size == 0) {
            return List.of();
        }
        EntryPage one = entries(new Range(size, size + 1), head, OurIssuers.NONE);
        String hash =
                URLEncoder.encode(
                        Base64.getEncoder().encodeToString(one.leafHashes().toArray()),
                        StandardCharsets.US_ASCII);
        URI address =
                URI.create(
                        "%sget-proof-by-hash?hash=%s&tree_size=%d"
                                .formatted(api, hash, head.size()));
        JsonNode answer = json(address);
        if (answer.path("leaf_index").asLong(-1) != size) {
            throw new MalformedAnswer(address + " is not about entry " + size, null);
        }
        return leftOfPath(size, head.size(), hashes(answer.path("audit_path"), address));
    }

    private static List<Octets> leftOfPath(long leaf, long size, List<Octets> path) {
        List<Octets> left = new ArrayList<>();
        long node = leaf;
        long last = size - 1;
        for (Octets sibling : path) {
            // At the right edge of the tree, levels without a sibling have no hash in the path.
            while ((node & 1) == 0 && node == last && node != 0) {
                node >>>= 1;
                last >>>= 1;
            }
            if ((node & 1) == 1) {
                left.addFirst(sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return left;
    }

    private JsonNode json(URI address)
            throws LogUnavailable, MalformedAnswer, InterruptedException {
        try {
            return Json.MAPPER.readTree(http.get(address));
        } catch (IOException e) {
            throw new MalformedAnswer(address + " is not JSON", e);
        }
    }

    private static List<Octets> hashes(JsonNode array, URI address) throws MalformedAnswer {
        if (!array.isArray() || array.size() > ConsistencyProof.MAX_NODES) {
            throw new MalformedAnswer(address + " is not a proof", null);
        }
        List<Octets> hashes = new ArrayList<>();
        for (JsonNode hash : array) {
            try {
                hashes.add(Octets.of(Base64.getDecoder().decode(hash.asText())));
            } catch (IllegalArgumentException e) {
                throw new MalformedAnswer(address + " contains invalid base64", e);
            }
        }
        return hashes;
    }

    /// Logs of this kind send whole chains.
    @Override
    public Optional<Octets> issuer(Octets sha256) {
        return Optional.empty();
    }

    @Override
    public int pageSize() {
        return PAGE;
    }
}
