package org.precertocsp.responder.cluster.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;

/// Checks a topic once, and keeps a producer for it. Thread-safe.
final class TopicWriter implements AutoCloseable {
    private static final Duration NO_TIME = Duration.ZERO;

    private final KafkaClientSettings clients;
    private final ClusterTopic topic;
    private final Optional<Duration> snapshots;
    private final ReentrantLock checking = new ReentrantLock();
    private final Object sending = new Object();
    private volatile boolean checked;
    private volatile boolean closed;

    // Written with the lock "sending".
    private @Nullable Producer<byte[], byte[]> producer;

    /// @param snapshots interval between snapshots, which the topic's retention depends on; empty
    ///   where it is not known
    TopicWriter(KafkaClientSettings clients, ClusterTopic topic, Optional<Duration> snapshots) {
        this.clients = clients;
        this.topic = topic;
        this.snapshots = snapshots;
    }

    boolean isClosed() {
        return closed;
    }

    /// The producer, opened by the first call and again after [#discard].
    ///
    /// @throws LogUnavailableException it cannot be opened, or this is closed
    Producer<byte[], byte[]> producer() throws LogUnavailableException {
        synchronized (sending) {
            if (closed) {
                throw new LogUnavailableException("the log is closed");
            }
            Producer<byte[], byte[]> open = producer;
            if (open == null) {
                try {
                    open = clients.producer();
                } catch (IOException | KafkaException e) {
                    throw new LogUnavailableException(KafkaFailure.reason(e));
                }
                producer = open;
            }
            return open;
        }
    }

    /// Closes a producer, and with it what it has not sent: those appends are in doubt, too.
    @SuppressWarnings("ReferenceEquality") // Another thread may have opened the next one.
    void discard(Producer<byte[], byte[]> used) {
        synchronized (sending) {
            if (producer == used) {
                producer = null;
            }
        }
        boolean interrupted = Thread.interrupted();
        used.close(NO_TIME);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Discards a producer whose append failed, and says why for people.
    String unconfirmed(Producer<byte[], byte[]> used, Exception failure) {
        discard(used);
        return isClosed()
                ? "the log is closed"
                : "%s did not confirm a record: %s"
                        .formatted(topic.name(clients.kafka()), KafkaFailure.reason(failure));
    }

    /// Kafka's own exception for it sets the thread's flag, Java's clears it.
    static InterruptedException interrupted(Exception e) {
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException(e.getMessage());
        interrupted.initCause(e);
        return interrupted;
    }

    /// Refuses a topic that is weaker than it must be, until it is repaired. Asks the brokers until
    /// it is found well once.
    void checkTopic() throws LogUnavailableException, InterruptedException {
        if (checked && !closed) {
            return;
        }
        checking.lockInterruptibly();
        try {
            if (closed) {
                throw new LogUnavailableException("the log is closed");
            }
            if (!checked) {
                List<String> problems =
                        examine(topics -> topics.problems(topic, topics.demands(topic, snapshots)));
                if (!problems.isEmpty()) {
                    throw new LogUnavailableException(String.join("; ", problems));
                }
                checked = true;
            }
        } finally {
            checking.unlock();
        }
    }

    /// Which topic has the name now. Asks the brokers.
    ByteString topicId() throws LogUnavailableException, InterruptedException {
        return examine(topics -> topics.id(topic))
                .orElseThrow(
                        () ->
                                new LogUnavailableException(
                                        TopicAdmin.missing(topic.name(clients.kafka()))));
    }

    private interface Examination<T> {
        T of(TopicAdmin topics) throws ExecutionException, InterruptedException;
    }

    private <T> T examine(Examination<T> examination)
            throws LogUnavailableException, InterruptedException {
        try (Admin admin = clients.admin()) {
            try {
                return examination.of(new TopicAdmin(admin, clients.kafka()));
            } finally {
                admin.close(NO_TIME);
            }
        } catch (ExecutionException | IOException | KafkaException e) {
            throw new LogUnavailableException(
                    "topic %s cannot be examined: %s"
                            .formatted(
                                    topic.name(clients.kafka()),
                                    KafkaFailure.reason(e, clients.kafka().bootstrap())));
        }
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> sender;
        synchronized (sending) {
            closed = true;
            sender = producer;
            producer = null;
        }
        if (sender != null) {
            sender.close(NO_TIME);
        }
    }
}
