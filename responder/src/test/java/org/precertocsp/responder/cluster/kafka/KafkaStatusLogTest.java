package org.precertocsp.responder.cluster.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.StatusLog.AppendInDoubtException;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.StatusLogContract;

/// A real broker keeps the contract that the cluster's rules were proven with.
final class KafkaStatusLogTest extends StatusLogContract {
    private static KafkaBrokers brokers;
    private static int opened;

    @BeforeAll
    static void startBroker() {
        brokers = KafkaBrokers.single();
    }

    private static ClusterConfig.Kafka kafka() {
        return brokers.kafka("test-" + opened);
    }

    @Override
    protected StatusLog open() {
        opened++;
        brokers.create(ClusterTopic.STATUS, "test-" + opened);
        return openAgain();
    }

    @Override
    protected StatusLog openAgain() {
        return KafkaStatusLog.status(TestClusters.edge(kafka()));
    }

    @Test
    void a_topic_that_does_not_exist_is_refused_until_it_does() throws Exception {
        ClusterConfig.Kafka kafka = brokers.kafka("absent");
        try (StatusLog log = KafkaStatusLog.status(TestClusters.edge(kafka))) {
            assertThatThrownBy(() -> log.tail(0, Duration.ZERO))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessage(
                            "topic absent.status does not exist: create it with precert-ocsp"
                                    + " cluster init");
            assertThatThrownBy(() -> log.append(ByteString.of()))
                    .isInstanceOf(AppendInDoubtException.class)
                    .hasMessageContaining("topic absent.status does not exist");

            brokers.create(ClusterTopic.STATUS, "absent");
            log.append(ByteString.of());

            assertThat(log.tail(0, Duration.ZERO).records()).hasSize(1);
        }
    }

    @Test
    void a_topic_with_weaker_settings_is_refused_with_each_remedy() throws Exception {
        ClusterConfig.Kafka kafka = brokers.kafka("weak");
        try (Admin admin = new KafkaClientSettings(kafka, "test").admin()) {
            NewTopic weak = new NewTopic("weak.status", 2, (short) 1);
            admin.createTopics(
                            List.of(
                                    weak.configs(
                                            Map.of(
                                                    "cleanup.policy",
                                                    "compact",
                                                    "unclean.leader.election.enable",
                                                    "true",
                                                    "retention.bytes",
                                                    "1000000",
                                                    "max.message.bytes",
                                                    "524288"))))
                    .all()
                    .get();
        }
        try (StatusLog log = KafkaStatusLog.status(TestClusters.edge(kafka))) {
            assertThatThrownBy(() -> log.append(ByteString.of()))
                    .isInstanceOf(AppendInDoubtException.class)
                    .hasMessageContaining("topic weak.status has 2 partitions, and must have 1")
                    .hasMessageContaining("cleanup.policy is compact, and must be delete")
                    .hasMessageContaining("unclean.leader.election.enable is true, and must be")
                    .hasMessageContaining("message.timestamp.type is CreateTime, and must be")
                    .hasMessageContaining("retention.bytes is 1000000, and must be -1")
                    .hasMessageContaining("max.message.bytes is 524288, and must be at least")
                    .hasMessageContaining(
                            "--alter --topic weak.status --add-config flush.messages=1");
        }
    }

    @Test
    void without_a_broker_it_says_which_cannot_be_reached() throws Exception {
        ClusterConfig.Kafka nobody =
                new ClusterConfig.Kafka(
                        List.of("127.0.0.1:1"), Optional.empty(), "p", Optional.empty());
        try (StatusLog log = KafkaStatusLog.status(TestClusters.edge(nobody))) {
            assertThatThrownBy(() -> log.tail(0, Duration.ZERO))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("127.0.0.1:1: Connection refused");
        }
    }

    @Test
    void its_threads_have_the_names_of_their_node_and_end_with_it() throws Exception {
        StatusLog log = open();
        log.append(ByteString.of());

        assertThat(threads()).anyMatch(name -> name.contains("precert-ocsp-fra1-append"));
        log.close();
        await().until(() -> threads().noneMatch(name -> name.contains("precert-ocsp-fra1")));
    }

    private static Stream<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
    }

    @Override
    protected void replace() {
        brokers.replace(ClusterTopic.STATUS, "test-" + opened);
    }

    @Override
    protected void deleteBefore(long offset) {
        TopicPartition partition = new TopicPartition(kafka().statusTopic(), 0);
        try (Admin admin = new KafkaClientSettings(kafka(), "test").admin()) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        } catch (IOException | ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
