package org.precertocsp.responder.cluster.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;

/// The reading side of a log on a topic: one consumer at a time, opened when something is to be
/// read, and another one after a failure. Of several callers one waits for the other. Thread-safe.
///
/// @param <P> a consumer's positions, which only the caller that reads uses
final class TopicReader<P> implements AutoCloseable {
    /// Opens a consumer.
    interface Opening {
        Consumer<byte[], byte[]> open() throws IOException;
    }

    /// Reads something.
    interface Reading<P, T> {
        T read(P positions) throws LogUnavailableException, InterruptedException;
    }

    private record Open<P>(Consumer<byte[], byte[]> consumer, P positions) {}

    private final String topic;
    private final KafkaClientSettings clients;
    private final TopicWriter writer;
    private final Opening opening;
    private final Function<Consumer<byte[], byte[]>, P> assigning;
    private final ReentrantLock reading = new ReentrantLock();

    // Written with the lock "reading"; read without it only to wake it up.
    private volatile @Nullable Open<P> open;

    /// @param writer of the same topic; closed by the caller, before this is
    /// @param assigning gives a new consumer its partitions
    TopicReader(
            String topic,
            KafkaClientSettings clients,
            TopicWriter writer,
            Opening opening,
            Function<Consumer<byte[], byte[]>, P> assigning) {
        this.topic = topic;
        this.clients = clients;
        this.writer = writer;
        this.opening = opening;
        this.assigning = assigning;
    }

    /// Waits for other readers, checks the topic once, and reads.
    <T> T read(Reading<P, T> what) throws LogUnavailableException, InterruptedException {
        reading.lockInterruptibly();
        try {
            writer.checkTopic();
            return what.read(positions());
        } catch (InterruptException e) {
            throw TopicWriter.interrupted(e);
        } catch (WakeupException _) {
            throw new LogUnavailableException("the log is closed");
        } catch (IOException | KafkaException | IllegalStateException e) {
            closeConsumer();
            throw new LogUnavailableException(
                    "%s cannot be read: %s"
                            .formatted(topic, KafkaFailure.reason(e, clients.kafka().bootstrap())));
        } finally {
            reading.unlock();
        }
    }

    private P positions() throws IOException, LogUnavailableException {
        Open<P> now = open;
        if (now == null) {
            Consumer<byte[], byte[]> consumer = opening.open();
            now = new Open<>(consumer, assigning.apply(consumer));
            open = now;
        }
        if (writer.isClosed()) {
            throw new LogUnavailableException("the log is closed");
        }
        return now.positions();
    }

    private void closeConsumer() {
        Open<P> last = open;
        open = null;
        if (last != null) {
            last.consumer().close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    /// Null is what a compacted topic uses to delete; here it is a record of no bytes.
    static ByteString value(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? ByteString.of() : ByteString.of(record.value());
    }

    static List<ByteString> values(ConsumerRecords<byte[], byte[]> records) {
        List<ByteString> values = new ArrayList<>(records.count());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            values.add(value(record));
        }
        return values;
    }

    /// Wakes up a caller that reads, and waits for it.
    @Override
    public void close() {
        Open<P> now = open;
        if (now != null) {
            now.consumer().wakeup();
        }
        reading.lock();
        try {
            closeConsumer();
        } finally {
            reading.unlock();
        }
    }
}
