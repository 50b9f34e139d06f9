package org.precertocsp.responder.cluster.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.NodeSignature;
import org.precertocsp.responder.cluster.SnapshotPosition;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.FrozenRows.IssuerDigest;
import org.precertocsp.responder.store.RowTables;

/// The content of `manifest.json`: of which moment a snapshot is, and what it consists of. It is
/// signed by the authority that made it, and vouches for every other file.
///
/// @param format of snapshots; raised when an earlier program would misread one
/// @param madeAt by the authority's clock
/// @param program version that made it
/// @param authority that made it
/// @param schema of the rows
/// @param generation of the log, from whose beginning on all changes are in it
/// @param sequence of the newest change in it
/// @param offset in the log of the first record after it
/// @param position of which the three before are parts, in hexadecimal
/// @param ownSet the newest set of the audit log of that authority in it
/// @param files in the order in which they were written
/// @param digests of the rows by issuer, as a scrub computes them
public record SnapshotManifest(
        int format,
        Instant madeAt,
        String program,
        String authority,
        int schema,
        long generation,
        long sequence,
        long offset,
        String position,
        Optional<OwnSet> ownSet,
        List<Item> files,
        List<Digest> digests) {
    static final int FORMAT = 1;
    static final String FILE = "manifest.json";
    static final String SIGNATURE_FILE = FILE + ".sig";

    /// Hundreds of bytes for each of many thousand files and issuers.
    static final int MAX_BYTES = 64 << 20;

    static final int MAX_SIGNATURE_BYTES = 1_000;

    private static final NodeSignature SIGNATURE =
            new NodeSignature(
                    ByteString.of(
                            "precert-ocsp cluster snapshot\n".getBytes(StandardCharsets.US_ASCII)));

    /// A set of changes in an audit log.
    public record OwnSet(long set, String mark) {}

    /// A file.
    ///
    /// @param answers whether a node without keys needs it
    public record Item(String name, boolean answers, long rows, long bytes, String sha256) {}

    /// As [IssuerDigest].
    public record Digest(int issuer, long rows, String sha256) {
        static Digest of(IssuerDigest digest) {
            return new Digest(digest.issuer(), digest.rows(), digest.sha256().toHex());
        }
    }

    public SnapshotManifest {
        Objects.requireNonNull(madeAt, "madeAt");
        Objects.requireNonNull(authority, "authority");
        Objects.requireNonNull(position, "position");
        files = List.copyOf(files);
        digests = List.copyOf(digests);
    }

    /// Size of all files.
    public long bytes() {
        return files.stream().mapToLong(Item::bytes).sum();
    }

    /// Rows of all files.
    public long rows() {
        return files.stream().mapToLong(Item::rows).sum();
    }

    SnapshotPosition end() {
        return SnapshotPosition.of(ByteString.ofHex(position));
    }

    /// For the store of the authority that made it; another one's audit log has other marks.
    Optional<CommitMark> mark() {
        return ownSet.map(it -> new CommitMark(it.set(), ByteString.ofHex(it.mark())));
    }

    /// Completes a snapshot whose files are on disk.
    void write(Path directory, PrivateKey key) throws IOException {
        byte[] content = (Json.indented(this) + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] signed = SIGNATURE.sign(key, content).toArray();
        ByteString signature = ByteString.of(signed, content.length, NodeSignature.BYTES);
        // Readable for whoever serves them: they are statuses that anybody may ask for, and the
        // directory has its own permissions.
        DurableFile.write(
                directory.resolve(SIGNATURE_FILE),
                (signature.toHex() + "\n").getBytes(StandardCharsets.US_ASCII));
        DurableFile.write(directory.resolve(FILE), content);
    }

    /// Reads a manifest as it comes from anywhere, and verifies it.
    ///
    /// @param where it is from, for messages
    /// @param authorities keys by name
    static SnapshotManifest read(
            String where, byte[] content, byte[] signature, Map<String, PublicKey> authorities)
            throws InvalidSnapshotException {
        JsonNode tree;
        try {
            tree = Json.MAPPER.readTree(content);
        } catch (IOException _) {
            throw damaged(where);
        }
        String authority = tree.path("authority").asText("");
        @Nullable PublicKey key = authorities.get(authority);
        if (key == null) {
            throw new InvalidSnapshotException(
                    ("%s/%s was made by \"%s\", which is none of this cluster's authorities: it is of"
                                    + " another cluster, or list that authority in the configuration")
                            .formatted(where, FILE, authority));
        }
        verify(where, content, signature, authority, key);
        int format = tree.path("format").asInt();
        int schema = tree.path("schema").asInt();
        if (format != FORMAT || schema > RowTables.schema()) {
            throw new InvalidSnapshotException(
                    ("%s/%s has format %d and schema %d, and this version reads %d and %d: version %s"
                                    + " made it; install that one or a newer one")
                            .formatted(
                                    where,
                                    FILE,
                                    format,
                                    schema,
                                    FORMAT,
                                    RowTables.schema(),
                                    tree.path("program").asText("?")));
        }
        try {
            SnapshotManifest manifest = Json.MAPPER.treeToValue(tree, SnapshotManifest.class);
            manifest.check(where);
            return manifest;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new InvalidSnapshotException(
                    "%s/%s is signed and cannot be read, so a version of the program is wrong: %s"
                            .formatted(where, FILE, e.getMessage()));
        }
    }

    /// Names come from the file: none may lead elsewhere.
    private void check(String where) throws InvalidSnapshotException {
        SnapshotPosition end = end();
        if (end.generation() != generation || end.sequence() != sequence) {
            throw new IllegalArgumentException("its positions differ");
        }
        for (Item item : files) {
            if (!RowTables.isName(item.name())) {
                throw new InvalidSnapshotException(
                        "%s/%s lists a file with a name that no snapshot has: %s"
                                .formatted(where, FILE, item.name()));
            }
        }
    }

    private static void verify(
            String where, byte[] content, byte[] signature, String authority, PublicKey key)
            throws InvalidSnapshotException {
        try {
            String text = new String(signature, StandardCharsets.US_ASCII);
            ByteString bytes = ByteString.ofHex(text.strip());
            if (text.equals(bytes.toHex() + "\n")
                    && bytes.length() == NodeSignature.BYTES
                    && SIGNATURE.verifies(key, both(content, bytes))) {
                return;
            }
        } catch (IllegalArgumentException _) {
            // Not what was written.
        }
        throw new InvalidSnapshotException(
                ("%s/%s is not what authority %s wrote: its signature does not verify. Use another"
                                + " snapshot, and find out who or what changed this one")
                        .formatted(where, FILE, authority));
    }

    private static byte[] both(byte[] content, ByteString signature) {
        byte[] both = Arrays.copyOf(content, content.length + NodeSignature.BYTES);
        signature.copyTo(both, content.length);
        return both;
    }

    private static InvalidSnapshotException damaged(String where) {
        return new InvalidSnapshotException(
                "%s/%s is damaged: use another snapshot".formatted(where, FILE));
    }
}
