package org.precertocsp.responder.ctlog;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.merkle.ConsistencyProof;

/// A client of a log with the API of RFC 6962 §4.
public final class Rfc6962LogClient implements CtLogClient {
    // Logs return fewer if that is too many; a larger page would only take longer to repeat.
    private static final int PAGE = 1024;

    private final LogHttpClient http;
    private final String api;
    private final LogPublicKey key;

    /// @param url of the log, as in log lists
    public Rfc6962LogClient(LogHttpClient http, URI url, LogPublicKey key) {
        this.http = http;
        this.api = url.toString().replaceAll("/+$", "") + "/ct/v1/";
        this.key = key;
    }

    @Override
    public LogTreeHead head()
            throws UntrustedTreeHeadException, LogUnavailableException, InterruptedException {
        return SignedTreeHeadParser.read(http.get(URI.create(api + "get-sth")), key);
    }

    @Override
    public EntryPage entries(Range range, LogTreeHead head, IssuerFilter ours)
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException {
        URI address =
                URI.create(
                        "%sget-entries?start=%d&end=%d"
                                .formatted(api, range.from(), range.to() - 1));
        EntryPage page;
        try {
            int most = (int) Math.min(PAGE, range.to() - range.from());
            page = GetEntriesReader.read(http.get(address), range.from(), most, ours);
        } catch (MalformedEntryException e) {
            throw new MalformedLogResponseException(address + ": " + e.getMessage(), e);
        }
        if (page.count() == 0) {
            throw new MalformedLogResponseException(
                    "%s has no entries, though the log signed a tree of %d: a gap"
                            .formatted(address, head.size()),
                    null);
        }
        return page;
    }

    @Override
    public List<ByteString> consistency(long size, LogTreeHead head)
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException {
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
    public List<ByteString> edge(long size, LogTreeHead head)
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException {
        if (size == 0) {
            return List.of();
        }
        EntryPage one = entries(new Range(size, size + 1), head, IssuerFilter.NONE);
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
            throw new MalformedLogResponseException(address + " is not about entry " + size, null);
        }
        return leftOfPath(size, head.size(), hashes(answer.path("audit_path"), address));
    }

    private static List<ByteString> leftOfPath(long leaf, long size, List<ByteString> path) {
        List<ByteString> left = new ArrayList<>();
        long node = leaf;
        long last = size - 1;
        for (ByteString sibling : path) {
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
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException {
        try {
            return Json.MAPPER.readTree(http.get(address));
        } catch (IOException e) {
            throw new MalformedLogResponseException(address + " is not JSON", e);
        }
    }

    private static List<ByteString> hashes(JsonNode array, URI address)
            throws MalformedLogResponseException {
        if (!array.isArray() || array.size() > ConsistencyProof.MAX_NODES) {
            throw new MalformedLogResponseException(address + " is not a proof", null);
        }
        List<ByteString> hashes = new ArrayList<>();
        for (JsonNode hash : array) {
            try {
                hashes.add(ByteString.of(Base64.getDecoder().decode(hash.asText())));
            } catch (IllegalArgumentException e) {
                throw new MalformedLogResponseException(address + " contains invalid base64", e);
            }
        }
        return hashes;
    }

    /// Logs of this kind send whole chains.
    @Override
    public Optional<ByteString> issuer(ByteString sha256) {
        return Optional.empty();
    }

    @Override
    public int pageSize() {
        return PAGE;
    }
}
