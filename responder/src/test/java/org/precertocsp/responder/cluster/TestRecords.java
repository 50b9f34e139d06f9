package org.precertocsp.responder.cluster;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Part;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.ClusterRecord.Seal;
import org.precertocsp.responder.status.StoredRow;

/// Records of a cluster with the authorities `a` and `b` and the edge `fra1`.
final class TestRecords {
    static final String A = "a";
    static final String B = "b";
    static final String EDGE = "fra1";

    static final ByteString DIGEST = ByteString.ofHex("d1".repeat(32));
    static final ByteString NONCE = nonce(1);
    static final Instant TIME = Instant.ofEpochMilli(0x0123456789abL);

    static final StoredRow PUT =
            new StoredRow(
                    StoredRow.Family.STATUS,
                    ByteString.ofHex("000a1b"),
                    Optional.of(ByteString.ofHex("29006b8b4567")));
    static final StoredRow DELETE =
            new StoredRow(StoredRow.Family.META, ByteString.ofHex("6b"), Optional.empty());
    static final StoredRow EMPTY =
            new StoredRow(
                    StoredRow.Family.SIGHTINGS,
                    ByteString.ofHex("6c"),
                    Optional.of(ByteString.of()));

    static final KeyPair A_KEY = key();
    static final KeyPair B_KEY = key();
    static final KeyPair EDGE_KEY = key();
    static final RecordVerifier VERIFIER =
            new RecordVerifier(
                    Map.of(A, A_KEY.getPublic(), B, B_KEY.getPublic()),
                    Map.of(EDGE, EDGE_KEY.getPublic()));

    private TestRecords() {}

    static KeyPair key() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A key whose signatures are always the same: 32 bytes of one value as its seed.
    static RecordSigner fixedSigner(String name, int seed) throws GeneralSecurityException {
        String hex = "302e020100300506032b657004220420" + "%02x".formatted(seed).repeat(32);
        return new RecordSigner(
                name,
                KeyFactory.getInstance("Ed25519")
                        .generatePrivate(new PKCS8EncodedKeySpec(HexFormat.of().parseHex(hex))));
    }

    static RecordSigner signer(String name) {
        return new RecordSigner(
                name,
                switch (name) {
                    case A -> A_KEY.getPrivate();
                    case B -> B_KEY.getPrivate();
                    default -> EDGE_KEY.getPrivate();
                });
    }

    static ByteString nonce(int number) {
        return ByteString.ofHex("%032x".formatted(number));
    }

    static StoredRow row(String key, String value) {
        return new StoredRow(StoredRow.Family.STATUS, bytes(key), Optional.of(bytes(value)));
    }

    static ByteString bytes(String text) {
        return ByteString.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static RecordVerifier.Opened.Genuine genuine(ClusterRecord record) {
        return new RecordVerifier.Opened.Genuine(
                record,
                HashAlgorithm.SHA256.hash(ByteString.of(ClusterRecordCodec.encode(record))));
    }

    /// One of each kind, and of each form.
    static List<ClusterRecord> samples() {
        return List.of(
                new Envelope(A, 1, 2, 3, DIGEST, List.of(PUT, DELETE, EMPTY)),
                new Envelope(A, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, DIGEST, List.of()),
                new Part(A, 1, 2, 3, 200, List.of(PUT)),
                new Seal(A, 1, 2, 3, DIGEST, DIGEST),
                new Beat(
                        B,
                        1,
                        3,
                        DIGEST,
                        TIME,
                        List.of(new Echo(EDGE, NONCE), new Echo("iad-1", NONCE))),
                new Beat(B, 1, 0, DIGEST, Instant.EPOCH, List.of()),
                new Claim(B, 1, 2, NONCE),
                new Reset(A, 1, 0, 0, ReaderPosition.NO_DIGEST),
                new Report(EDGE, 1, 3, NONCE),
                new Report(EDGE, 0, 0, NONCE));
    }
}
