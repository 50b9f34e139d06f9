package org.precertocsp.responder.cluster.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.StatusLog.AppendInDoubtException;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.StatusLog.Tail;

/// Of three brokers one may die or stop to answer: what was appended stays, and appending goes on.
@Timeout(300)
final class KafkaBrokerFaultTest {
    private static final String PREFIX = "faults";

    @TempDir private static Path folder;

    private static KafkaBrokers brokers;
    private final StatusLog log = open();
    private final List<ByteString> acknowledged = new ArrayList<>();
    private int number;

    @BeforeAll
    static void startBrokers() {
        brokers = KafkaBrokers.start(folder, 3);
        brokers.create(ClusterTopic.STATUS, PREFIX);
    }

    @AfterAll
    static void stopBrokers() {
        brokers.close();
    }

    private static StatusLog open() {
        return KafkaStatusLog.status(TestClusters.edge(brokers.kafka(PREFIX)));
    }

    @BeforeEach
    void somethingIsThere() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(append()).isTrue();
        }
    }

    @AfterEach
    void close() {
        log.close();
    }

    /// False if it is in doubt.
    private boolean append() throws InterruptedException {
        ByteString record =
                ByteString.of(
                        ("record " + number++ + " of " + hashCode())
                                .getBytes(StandardCharsets.US_ASCII));
        try {
            log.append(record);
            acknowledged.add(record);
            return true;
        } catch (AppendInDoubtException _) {
            return false;
        }
    }

    private static List<ByteString> everything(StatusLog log)
            throws LogUnavailableException, InterruptedException {
        List<ByteString> all = new ArrayList<>();
        long next = 0;
        while (true) {
            Tail tail = log.tail(next, Duration.ZERO);
            all.addAll(tail.records());
            next = tail.next();
            if (next >= tail.end()) {
                return all;
            }
        }
    }

    private void awaitAppend() {
        await().atMost(Duration.ofSeconds(60)).until(this::append);
    }

    private void assertNothingIsLost() {
        try (StatusLog other = open()) {
            // A reader may meet the broker that does not answer, and is told so.
            await().atMost(Duration.ofSeconds(60))
                    .ignoreException(LogUnavailableException.class)
                    .untilAsserted(
                            () -> {
                                List<ByteString> all = everything(other);
                                assertThat(all)
                                        .containsSubsequence(acknowledged)
                                        .doesNotHaveDuplicates();
                                assertThat(everything(log)).isEqualTo(all);
                            });
        }
    }

    @Test
    void when_the_leader_is_killed_nothing_is_lost_and_appending_goes_on() throws Exception {
        int leader = brokers.leader(PREFIX);
        brokers.kill(leader);

        awaitAppend();

        assertThat(brokers.leader(PREFIX)).isNotEqualTo(leader);
        assertNothingIsLost();
        brokers.run(leader);
        await().atMost(Duration.ofSeconds(90)).until(() -> brokers.inSync(PREFIX) == 3);
    }

    @Test
    void when_the_leader_is_paused_nothing_is_lost_and_appending_goes_on() throws Exception {
        int leader = brokers.leader(PREFIX);
        brokers.pause(leader);
        try {
            awaitAppend();

            assertNothingIsLost();
        } finally {
            brokers.resume(leader);
        }
        awaitAppend();
        assertNothingIsLost();
    }
}
