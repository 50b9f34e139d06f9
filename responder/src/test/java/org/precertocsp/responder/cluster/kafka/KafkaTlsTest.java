package org.precertocsp.responder.cluster.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.SignedRecords;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.StatusLog.AppendInDoubtException;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;

/// A broker as it is in production: mutual TLS from PEM files, and rights by topic.
final class KafkaTlsTest {
    private static final String PREFIX = "secure";

    @TempDir private static Path folder;

    private static final TestCa CA = TestCa.root("Kafka");
    private static KafkaBrokers broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = KafkaBrokers.startSecured(folder, CA);
        for (ClusterTopic topic : ClusterTopic.values()) {
            broker.create(topic, PREFIX);
        }
        ClusterConfig.Kafka kafka = broker.kafka(PREFIX);
        List<AclBinding> acls = new ArrayList<>();
        for (ClusterTopic topic : ClusterTopic.values()) {
            boolean reports = topic == ClusterTopic.REPORTS;
            acls.addAll(
                    KafkaBrokers.allow(
                            "a", topic.name(kafka), AclOperation.READ, AclOperation.WRITE));
            acls.addAll(
                    KafkaBrokers.allow(
                            "fra1",
                            topic.name(kafka),
                            reports ? AclOperation.WRITE : AclOperation.READ));
            acls.addAll(
                    KafkaBrokers.allow(
                            "loose",
                            topic.name(kafka),
                            AclOperation.READ,
                            AclOperation.WRITE,
                            AclOperation.DELETE));
        }
        try (Admin admin = new KafkaClientSettings(kafka, "test").admin()) {
            admin.createAcls(acls).all().get();
        }
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static StatusLog log(ClusterConfig.Kafka kafka) {
        return KafkaStatusLog.status(TestClusters.edge(kafka));
    }

    @Test
    void an_authority_writes_and_an_edge_reads_and_must_not_write() throws Exception {
        try (StatusLog authority = log(broker.kafka(PREFIX, "a"));
                StatusLog edge = log(broker.kafka(PREFIX, "fra1"))) {
            authority.append(TestClusters.bytes("written"));

            assertThat(edge.tail(0, Duration.ofSeconds(10)).records())
                    .contains(TestClusters.bytes("written"));
            assertThatThrownBy(() -> edge.append(ByteString.of()))
                    .isInstanceOf(AppendInDoubtException.class)
                    .hasMessageContaining("Not authorized to access topics: [secure.status]");
        }
    }

    @Test
    void a_certificate_of_another_ca_is_refused_and_the_reason_told() throws Exception {
        ClusterConfig.Tls stranger =
                KafkaBrokers.tls(folder, "stranger", CA, TestCa.root("Stranger"));
        try (StatusLog log = log(kafka(stranger))) {
            assertThatThrownBy(() -> log.tail(0, Duration.ZERO))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("certificate_required");
        }
    }

    @Test
    void a_broker_of_another_ca_is_refused_and_the_reason_told() throws Exception {
        ClusterConfig.Tls deceived =
                KafkaBrokers.tls(folder, "deceived", TestCa.root("Stranger"), CA);
        try (StatusLog log = log(kafka(deceived))) {
            assertThatThrownBy(() -> log.tail(0, Duration.ZERO))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("unable to find valid certification path");
        }
    }

    private static ClusterConfig.Kafka kafka(ClusterConfig.Tls tls) {
        return new ClusterConfig.Kafka(
                broker.bootstrap(), Optional.of(tls), PREFIX, Optional.empty());
    }

    @Test
    void rights_are_checked_and_those_too_many_are_found() throws IOException {
        assertThat(rights(SignedRecords.cluster(broker.kafka(PREFIX, "a"))))
                .containsExactly(
                        "rights on secure.status: ok",
                        "rights on secure.responses: ok",
                        "rights on secure.reports: ok");
        assertThat(rights(TestClusters.edge(broker.kafka(PREFIX, "fra1"))))
                .containsExactly(
                        "rights on secure.status: ok",
                        "rights on secure.responses: ok",
                        "rights on secure.reports: ok");
        assertThat(rights(TestClusters.edge(broker.kafka(PREFIX, "loose"))).getFirst())
                .contains("this node may DELETE and WRITE, and must not");
        assertThat(rights(SignedRecords.cluster(broker.kafka(PREFIX, "fra1"))).getFirst())
                .contains("this node may not WRITE, and must")
                .contains("--topic secure.status --operation WRITE");
    }

    private static List<String> rights(ClusterConfig cluster) throws IOException {
        return new ClusterAdmin(cluster, InstantSource.system())
                .check().stream()
                        .filter(it -> it.what().startsWith("rights"))
                        .map(it -> it.what() + ": " + it.problem().orElse("ok"))
                        .toList();
    }
}
