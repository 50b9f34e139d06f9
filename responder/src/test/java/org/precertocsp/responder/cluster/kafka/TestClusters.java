package org.precertocsp.responder.cluster.kafka;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterConfig.Role;
import org.precertocsp.responder.cluster.ClusterConfig.Takeover;

/// Configurations of nodes.
public final class TestClusters {
    private TestClusters() {}

    static ByteString bytes(String text) {
        return ByteString.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    public static ClusterConfig edge(ClusterConfig.Kafka kafka) {
        return new ClusterConfig(
                Role.EDGE,
                "fra1",
                Path.of("key.pem"),
                kafka,
                List.of(),
                List.of(),
                Duration.ofMinutes(15),
                Duration.ofSeconds(5),
                Takeover.AUTO,
                Optional.empty(),
                Optional.empty());
    }
}
