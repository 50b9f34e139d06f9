package org.precertocsp.responder.cluster.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.responses.ResponseLog;
import org.precertocsp.responder.cluster.responses.ResponseLogContract;

/// A real broker keeps the contract of a log of responses.
final class KafkaResponseLogTest extends ResponseLogContract {
    private static KafkaBrokers brokers;
    private static int opened;

    @BeforeAll
    static void startBroker() {
        brokers = KafkaBrokers.single();
    }

    private static String prefix() {
        return "responses-" + opened;
    }

    @Override
    protected ResponseLog open() {
        opened++;
        brokers.create(ClusterTopic.RESPONSES, prefix());
        return openAgain();
    }

    @Override
    protected ResponseLog openAgain() {
        return new KafkaResponseLog(TestClusters.edge(brokers.kafka(prefix())));
    }

    @Override
    protected void deleteAll() {
        Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
        for (int i = 0; i < ResponseLog.PARTITIONS; i++) {
            all.put(
                    new TopicPartition(prefix() + ".responses", i),
                    RecordsToDelete.beforeOffset(-1));
        }
        try (Admin admin = new KafkaClientSettings(brokers.kafka(prefix()), "test").admin()) {
            admin.deleteRecords(all).all().get();
        } catch (IOException | ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_topic_that_does_not_exist_is_refused_by_name() {
        try (ResponseLog log = new KafkaResponseLog(TestClusters.edge(brokers.kafka("none")))) {
            assertThatThrownBy(() -> log.tail(ResponseLog.START, Duration.ZERO))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessage(
                            "topic none.responses does not exist: create it with precert-ocsp"
                                    + " cluster init");
            assertThatThrownBy(() -> log.append(List.of(ByteString.of())))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("topic none.responses does not exist");
        }
    }
}
