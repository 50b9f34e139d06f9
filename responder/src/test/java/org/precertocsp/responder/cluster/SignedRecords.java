package org.precertocsp.responder.cluster;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterConfig.AuthorityNode;
import org.precertocsp.responder.cluster.ClusterConfig.EdgeNode;
import org.precertocsp.responder.cluster.ClusterConfig.Role;
import org.precertocsp.responder.cluster.ClusterConfig.Takeover;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Report;

/// Signed records of the cluster of [TestRecords], for tests in other packages.
public final class SignedRecords {
    private SignedRecords() {}

    /// As authority `a` has it, with S of 15 minutes.
    public static ClusterConfig cluster(ClusterConfig.Kafka kafka) {
        return new ClusterConfig(
                Role.AUTHORITY,
                TestRecords.A,
                Path.of("a.key"),
                kafka,
                List.of(
                        new AuthorityNode(
                                TestRecords.A,
                                TestRecords.A_KEY.getPublic(),
                                URI.create("https://a.example")),
                        new AuthorityNode(
                                TestRecords.B,
                                TestRecords.B_KEY.getPublic(),
                                URI.create("https://b.example"))),
                List.of(new EdgeNode(TestRecords.EDGE, TestRecords.EDGE_KEY.getPublic())),
                Duration.ofMinutes(15),
                Duration.ofSeconds(5),
                Takeover.AUTO,
                Optional.empty(),
                Optional.empty());
    }

    /// A node that can sign.
    public record Node(String name, PrivateKey key) {}

    /// Authority `a`.
    public static Node a() {
        return new Node(TestRecords.A, TestRecords.A_KEY.getPrivate());
    }

    /// Writes `a.key`, and `a.pub`, `b.pub` and `fra1.pub`.
    public static void writeKeys(Path folder) throws IOException {
        pem(folder.resolve("a.key"), "PRIVATE KEY", TestRecords.A_KEY.getPrivate());
        pem(folder.resolve("b.key"), "PRIVATE KEY", TestRecords.B_KEY.getPrivate());
        pem(folder.resolve("a.pub"), "PUBLIC KEY", TestRecords.A_KEY.getPublic());
        pem(folder.resolve("b.pub"), "PUBLIC KEY", TestRecords.B_KEY.getPublic());
        pem(folder.resolve("fra1.pub"), "PUBLIC KEY", TestRecords.EDGE_KEY.getPublic());
    }

    private static void pem(Path file, String label, Key key) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                        .formatted(label, Base64.getEncoder().encodeToString(key.getEncoded())));
    }

    public static ByteString claim(String writer, long epoch) {
        return signed(new Claim(writer, 1, epoch, TestRecords.nonce((int) epoch)));
    }

    public static ByteString change(String writer, long epoch, long sequence) {
        return signed(new Envelope(writer, 1, epoch, sequence, TestRecords.DIGEST, List.of()));
    }

    /// Echoes a nonce of `fra1`.
    public static ByteString beat(String writer, long sequence, int nonce) {
        return signed(
                new Beat(
                        writer,
                        1,
                        sequence,
                        TestRecords.DIGEST,
                        Instant.EPOCH,
                        List.of(new Echo(TestRecords.EDGE, TestRecords.nonce(nonce)))));
    }

    /// Of `fra1`.
    public static ByteString report(long sequence, int nonce) {
        return signed(new Report(TestRecords.EDGE, 1, sequence, TestRecords.nonce(nonce)));
    }

    private static ByteString signed(ClusterRecord record) {
        return TestRecords.signer(record.writer()).sign(record);
    }
}
