package org.precertocsp.responder.cluster.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.responses.ResponseLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log of responses in all partitions of a Kafka topic, read by one consumer.
///
/// As [KafkaStatusLog], it needs no broker to be opened, refuses a topic with weaker settings until
/// they are repaired, and opens other clients after a failure.
public final class KafkaResponseLog implements ResponseLog {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaResponseLog.class);

    /// Batches of responses are large: these have some 8,000 responses.
    private static final int MAX_RECORDS = 16;

    /// Nobody waits for a response, so it may come half a second later, with others.
    private static final int FETCH_BYTES = 128 << 10;

    private final KafkaClientSettings clients;
    private final List<TopicPartition> partitions;
    private final TopicWriter writer;
    private final TopicReader<Reader> reader;

    private int nextPartition;

    /// Connects to nothing yet.
    public KafkaResponseLog(ClusterConfig cluster) {
        this.clients = new KafkaClientSettings(cluster.kafka(), cluster.name());
        String topic = ClusterTopic.RESPONSES.name(cluster.kafka());
        this.partitions =
                IntStream.range(0, PARTITIONS)
                        .mapToObj(it -> new TopicPartition(topic, it))
                        .toList();
        this.writer = new TopicWriter(clients, ClusterTopic.RESPONSES, Optional.empty());
        this.reader =
                new TopicReader<>(
                        topic,
                        clients,
                        writer,
                        () -> clients.consumer(MAX_RECORDS, FETCH_BYTES),
                        consumer -> new Reader(consumer, partitions));
    }

    private String topic() {
        return partitions.getFirst().topic();
    }

    /// Blocks for at most some 25 s.
    @Override
    public void append(List<ByteString> records)
            throws LogUnavailableException, InterruptedException {
        for (ByteString record : records) {
            if (record.length() > MAX_RECORD_BYTES) {
                throw new IllegalArgumentException(
                        "a record of %d bytes is too large".formatted(record.length()));
            }
        }
        writer.checkTopic();
        Producer<byte[], byte[]> sender = writer.producer();
        long deadline =
                System.nanoTime()
                        + KafkaClientSettings.DELIVERY.plus(KafkaClientSettings.REQUEST).toNanos();
        try {
            List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
            for (ByteString record : records) {
                sent.add(
                        sender.send(
                                new ProducerRecord<>(
                                        topic(), partition(), null, record.toArray())));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException | InterruptException e) {
            writer.discard(sender);
            throw TopicWriter.interrupted(e);
        } catch (ExecutionException | TimeoutException | KafkaException | IllegalStateException e) {
            throw new LogUnavailableException(writer.unconfirmed(sender, e));
        }
    }

    private synchronized int partition() {
        nextPartition = (nextPartition + 1) % PARTITIONS;
        return nextPartition;
    }

    /// Blocks for at most `wait` and then some seconds, if it looks up where partitions begin.
    @Override
    public Tail tail(List<Long> offsets, Duration wait)
            throws LogUnavailableException, InterruptedException {
        return reader.read(it -> it.read(offsets, wait));
    }

    @Override
    public void close() {
        writer.close();
        reader.close();
    }

    /// A consumer and its positions. Used by one thread at a time.
    private static final class Reader {
        private final Consumer<byte[], byte[]> consumer;
        private final List<TopicPartition> partitions;
        private List<Long> positions = List.of();

        Reader(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
            this.consumer = consumer;
            this.partitions = partitions;
            consumer.assign(partitions);
        }

        Tail read(List<Long> offsets, Duration wait) {
            if (!offsets.equals(positions)) {
                // Forgets what was fetched already.
                for (int i = 0; i < partitions.size(); i++) {
                    consumer.seek(partitions.get(i), offsets.get(i));
                }
            }
            ConsumerRecords<byte[], byte[]> records;
            try {
                records = consumer.poll(wait);
            } catch (LogTruncationException e) {
                // Replaced from there on.
                e.divergentOffsets().forEach((it, at) -> consumer.seek(it, at.offset()));
                records = ConsumerRecords.empty();
            } catch (OffsetOutOfRangeException e) {
                restart(e.offsetOutOfRangePartitions().keySet());
                records = ConsumerRecords.empty();
            }
            positions = partitions.stream().map(consumer::position).toList();
            long behind =
                    partitions.stream().mapToLong(it -> consumer.currentLag(it).orElse(0)).sum();
            return new Tail(TopicReader.values(records), positions, behind);
        }

        private void restart(Set<TopicPartition> outside) {
            for (TopicPartition partition : outside) {
                long first =
                        Objects.requireNonNull(
                                consumer.beginningOffsets(Set.of(partition)).get(partition));
                LOG.info(
                        "{} has nothing at offset {} any more, or not yet; it is read from {} on",
                        partition,
                        consumer.position(partition),
                        first);
                consumer.seek(partition, first);
            }
        }
    }
}
