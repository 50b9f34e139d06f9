package org.precertocsp.responder.cluster.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.kafka.KafkaClientSettings.MetadataUpdates;

/// A log in one partition of a Kafka topic.
///
/// Opening it needs no broker. The first call that reaches one checks the topic's settings, and
/// refuses a weaker topic until they are repaired, by name and with the remedy.
///
/// After an append in doubt, and after any failure of a reader, the client is closed and the next
/// call opens another. So nothing is sent again behind the caller's back, no client is used in a
/// state it cannot leave, and renewed TLS files are read.
///
/// The ID of the log is the topic's. A consumer does not tell it, and when its topic is deleted and
/// created again, it goes on in the new one at its offset. But it can do so only after it has read
/// new metadata. So the ID is read before a consumer is opened, and again whenever its metadata is
/// new, before what it has read is delivered; if it is another one then, the consumer is closed. No
/// ID is used twice, so all records between are of the topic that has it.
///
/// Appends may run at the same time; of several readers one waits for the other.
public final class KafkaStatusLog implements StatusLog {
    /// How long the smallest offset is taken as it was: it moves only when the broker deletes a
    /// segment.
    private static final Duration FIRST_AGE = Duration.ofMinutes(1);

    private final KafkaClientSettings clients;
    private final TopicPartition partition;
    private final TopicWriter writer;
    private final TopicReader<Reader> reader;

    private KafkaStatusLog(
            ClusterConfig.Kafka kafka,
            String node,
            ClusterTopic topic,
            Optional<Duration> snapshots) {
        this.clients = new KafkaClientSettings(kafka, node);
        this.partition = new TopicPartition(topic.name(kafka), 0);
        this.writer = new TopicWriter(clients, topic, snapshots);
        MetadataUpdates updates = new MetadataUpdates();
        this.reader =
                new TopicReader<>(
                        partition.topic(),
                        clients,
                        writer,
                        () -> clients.consumer(updates),
                        consumer -> new Reader(consumer, partition, writer, updates));
    }

    /// The log of changes, claims and beats. Connects to nothing yet.
    public static KafkaStatusLog status(ClusterConfig cluster) {
        Optional<Duration> written =
                cluster.role() == ClusterConfig.Role.AUTHORITY
                        ? cluster.snapshots().map(ClusterConfig.Snapshots::every)
                        : Optional.empty();
        return new KafkaStatusLog(cluster.kafka(), cluster.name(), ClusterTopic.STATUS, written);
    }

    /// The log of the edges' reports. Connects to nothing yet.
    public static KafkaStatusLog reports(ClusterConfig cluster) {
        return new KafkaStatusLog(
                cluster.kafka(), cluster.name(), ClusterTopic.REPORTS, Optional.empty());
    }

    /// Blocks for at most some 25 s: until a broker's name is resolved and the topic found, and
    /// then until the record is on disk at enough brokers.
    @Override
    public void append(ByteString record) throws AppendInDoubtException, InterruptedException {
        if (record.length() > MAX_RECORD_BYTES) {
            throw new IllegalArgumentException(
                    "a record of %d bytes is too large".formatted(record.length()));
        }
        Producer<byte[], byte[]> sender;
        try {
            writer.checkTopic();
            sender = writer.producer();
        } catch (LogUnavailableException e) {
            throw new AppendInDoubtException(String.valueOf(e.getMessage()));
        }
        try {
            sender.send(
                            new ProducerRecord<>(
                                    partition.topic(),
                                    partition.partition(),
                                    null,
                                    record.toArray()))
                    .get(
                            KafkaClientSettings.DELIVERY
                                    .plus(KafkaClientSettings.REQUEST)
                                    .toMillis(),
                            TimeUnit.MILLISECONDS);
        } catch (InterruptedException | InterruptException e) {
            writer.discard(sender);
            throw TopicWriter.interrupted(e);
        } catch (ExecutionException | TimeoutException | KafkaException | IllegalStateException e) {
            throw new AppendInDoubtException(writer.unconfirmed(sender, e));
        }
    }

    /// Blocks for at most `wait` and then some seconds, in which it looks up where the log ends.
    @Override
    public Tail tail(long offset, Duration wait)
            throws LogUnavailableException, InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        return reader.read(it -> it.read(offset, deadline));
    }

    @Override
    public void close() {
        writer.close();
        reader.close();
    }

    /// A consumer and its position. Used by one thread at a time.
    private static final class Reader {
        private final Consumer<byte[], byte[]> consumer;
        private final TopicPartition partition;
        private final TopicWriter topic;
        private final MetadataUpdates updates;
        private @Nullable ByteString id;
        private long updatesSeen;
        private long position = -1;
        private long first;
        private long firstSeen;
        private boolean firstKnown;

        Reader(
                Consumer<byte[], byte[]> consumer,
                TopicPartition partition,
                TopicWriter topic,
                MetadataUpdates updates) {
            this.consumer = consumer;
            this.partition = partition;
            this.topic = topic;
            this.updates = updates;
            this.updatesSeen = updates.count();
        }

        Tail read(long offset, long deadline) throws LogUnavailableException, InterruptedException {
            ByteString expected = id;
            if (expected == null) {
                expected = topic.topicId();
                id = expected;
                // From here on the consumer may read metadata.
                consumer.assign(List.of(partition));
            }
            Tail tail = read(expected, offset, deadline);
            long seen = updates.count();
            if (seen != updatesSeen) {
                if (!topic.topicId().equals(expected)) {
                    throw new UnknownTopicIdException("it was deleted and created again");
                }
                updatesSeen = seen;
            }
            return tail;
        }

        private Tail read(ByteString logId, long offset, long deadline)
                throws LogUnavailableException {
            if (offset != position) {
                // Forgets what was fetched already.
                consumer.seek(partition, offset);
                position = offset;
            }
            long limit =
                    Math.max(deadline, System.nanoTime()) + KafkaClientSettings.DELIVERY.toNanos();
            try {
                return poll(logId, deadline, limit);
            } catch (LogTruncationException e) {
                // It ends before, and has been continued differently, which its length may hide.
                OffsetAndMetadata divergent = e.divergentOffsets().get(partition);
                long end = divergent == null ? end() : divergent.offset();
                return notThere(logId, offset, Math.min(end, offset - 1));
            } catch (OffsetOutOfRangeException _) {
                return notThere(logId, offset, end());
            }
        }

        private Tail poll(ByteString logId, long deadline, long limit)
                throws LogUnavailableException {
            // What is there is delivered even if there is no time to wait for it.
            long until = deadline;
            while (true) {
                Duration wait = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
                ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
                long next = consumer.position(partition);
                if (next != position) {
                    position = next;
                    long lag = consumer.currentLag(partition).orElse(0);
                    return new Tail(logId, TopicReader.values(records), first(), next + lag, next);
                }
                long now = System.nanoTime();
                if (now - deadline >= 0) {
                    long end = end();
                    if (end <= position) {
                        return new Tail(logId, List.of(), first(), end, position);
                    }
                    until = limit;
                }
                if (now - limit >= 0) {
                    throw new LogUnavailableException(
                            "%s has records that no broker delivers".formatted(partition.topic()));
                }
            }
        }

        private Tail notThere(ByteString logId, long offset, long end) {
            firstKnown = false;
            return new Tail(logId, List.of(), first(), end, offset);
        }

        private long end() {
            return offset(consumer.endOffsets(List.of(partition)));
        }

        private long offset(Map<TopicPartition, Long> offsets) {
            return Objects.requireNonNull(offsets.get(partition), "an offset that was asked for");
        }

        private long first() {
            long now = System.nanoTime();
            if (!firstKnown || now - firstSeen > FIRST_AGE.toNanos()) {
                first = offset(consumer.beginningOffsets(List.of(partition)));
                firstSeen = now;
                firstKnown = true;
            }
            return first;
        }
    }
}
