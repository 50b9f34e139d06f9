package org.precertocsp.responder.cluster;

import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.RowDigests;

/// Opens records as they come from a log, where anybody may have written them: the broker, or a
/// producer with too many rights. Thread-safe.
///
/// @param authorities Ed25519 keys by name
/// @param edges Ed25519 keys by name; a node that reads no reports needs none
record RecordVerifier(Map<String, PublicKey> authorities, Map<String, PublicKey> edges)
        implements RecordOpener {
    static final int SIGNATURE_BYTES = NodeSignature.BYTES;

    static final NodeSignature SIGNATURE =
            new NodeSignature(
                    ByteString.of(
                            "precert-ocsp cluster record\n".getBytes(StandardCharsets.US_ASCII)));

    RecordVerifier {
        authorities = Map.copyOf(authorities);
        edges = Map.copyOf(edges);
        for (String name : edges.keySet()) {
            if (authorities.containsKey(name)) {
                throw new IllegalArgumentException(name + " is both an authority and an edge");
            }
        }
    }

    /// A record of a log once its signature was checked.
    sealed interface Opened {
        /// @param digest SHA-256 of the record without its signature
        record Genuine(ClusterRecord record, ByteString digest) implements Opened {}

        /// Signed by a node of the cluster, but not understood: a newer version of the program
        /// wrote it. It may be a change, so it must not be skipped.
        record Unreadable(String writer, String reason) implements Opened {}

        /// Nobody of the cluster signed it.
        record Forged(String reason) implements Opened {}
    }

    @Override
    public RecordOpener withEdges(Map<String, PublicKey> others) {
        return new RecordVerifier(authorities, others);
    }

    @Override
    public Opened open(ByteString signed) {
        byte[] bytes = signed.toArray();
        int length = bytes.length - SIGNATURE_BYTES;
        if (bytes.length > ClusterRecord.MAX_BYTES) {
            return new Opened.Forged("%d bytes are too many".formatted(bytes.length));
        }
        if (length < 2 || length < 2 + (bytes[1] & 0xff)) {
            return new Opened.Forged("it is too short");
        }
        String writer = new String(bytes, 2, bytes[1] & 0xff, StandardCharsets.ISO_8859_1);
        @Nullable PublicKey authority = authorities.get(writer);
        @Nullable PublicKey key = authority == null ? edges.get(writer) : authority;
        if (key == null) {
            return new Opened.Forged("no node has its writer's name");
        }
        if (!SIGNATURE.verifies(key, bytes)) {
            return new Opened.Forged("the signature is not that of " + writer);
        }
        byte[] payload = Arrays.copyOf(bytes, length);
        ClusterRecord record;
        try {
            record = ClusterRecordCodec.decode(payload);
        } catch (InvalidRecordException e) {
            String reason = String.valueOf(e.getMessage());
            // An edge writes nothing that changes an answer.
            return authority == null
                    ? new Opened.Forged("%s signed it: %s".formatted(writer, reason))
                    : new Opened.Unreadable(writer, reason);
        }
        if (record instanceof RowDigests || record instanceof Report == (authority == null)) {
            return new Opened.Genuine(record, HashAlgorithm.SHA256.hash(ByteString.of(payload)));
        }
        return new Opened.Forged("%s may not write it".formatted(writer));
    }
}
