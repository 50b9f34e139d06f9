package org.precertocsp.responder.cluster.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.StatusLog;

/// Opens Kafka's clients for one node, with limits on memory and time. The files for TLS are read
/// again for each client.
///
/// @param kafka the brokers
/// @param node in the names of the clients, of their threads, and in the brokers' quotas and logs
record KafkaClientSettings(ClusterConfig.Kafka kafka, String node) {
    /// For one request to a broker, and for one call of the clients.
    static final Duration REQUEST = Duration.ofSeconds(5);

    /// Until a record that no broker acknowledges is in doubt: longer than the brokers need to
    /// replace a leader that died (`broker.session.timeout.ms` is 9 s).
    static final Duration DELIVERY = Duration.ofSeconds(15);

    /// Memory for records that are being sent: one change, and beats.
    private static final long SEND_BYTES = 4L << 20;

    /// Memory for records that were fetched and not read yet.
    private static final int FETCH_BYTES = 4 << 20;

    /// Records of one call.
    private static final int MAX_RECORDS = 500;

    private static final AtomicLong CLIENTS = new AtomicLong();

    /// @throws IOException a file for TLS cannot be read
    /// @throws org.apache.kafka.common.KafkaException a file for TLS is not what it should be, or
    ///   no broker's name can be resolved
    Producer<byte[], byte[]> producer() throws IOException {
        Map<String, Object> settings = common("append");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        // What is sent again after a lost reply is neither there twice nor in another order.
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // With more of them, one that a broker refused since it had not heard of the partition yet
        // may come after the next one, and is then refused until it expires (KAFKA-15591).
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis(DELIVERY));
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis(REQUEST));
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, SEND_BYTES);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * StatusLog.MAX_RECORD_BYTES);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// A consumer without a group: its user says where it reads.
    ///
    /// @throws IOException a file for TLS cannot be read
    /// @throws org.apache.kafka.common.KafkaException as of [#producer]
    Consumer<byte[], byte[]> consumer() throws IOException {
        return consumer(new MetadataUpdates());
    }

    /// As above.
    ///
    /// @param updates counts those of the consumer's metadata
    Consumer<byte[], byte[]> consumer(MetadataUpdates updates) throws IOException {
        return consumer(MAX_RECORDS, 1, updates);
    }

    /// As above.
    ///
    /// @param records most of one call; with the limit on bytes it bounds what a reader holds
    /// @param bytes a broker waits for half a second for so many, so that a call has more of them
    Consumer<byte[], byte[]> consumer(int records, int bytes) throws IOException {
        return consumer(records, bytes, new MetadataUpdates());
    }

    private Consumer<byte[], byte[]> consumer(int records, int bytes, MetadataUpdates updates)
            throws IOException {
        Map<String, Object> settings = common("tail");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // An offset that is not in the log is an answer, not a reason to read elsewhere.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        // Nobody here has transactions. A foreign one must not keep readers waiting for its end.
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(REQUEST));
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, bytes);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
        settings.put(ConsumerConfig.CHECK_CRCS_CONFIG, true);
        kafka.rack().ifPresent(rack -> settings.put(ConsumerConfig.CLIENT_RACK_CONFIG, rack));
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), updates);
    }

    /// Counts how often a consumer learns from a broker which topics there are and who leads them.
    /// Kafka tells it to what deserializes the values.
    static final class MetadataUpdates extends ByteArrayDeserializer
            implements ClusterResourceListener {
        private final AtomicLong count = new AtomicLong();

        long count() {
            return count.get();
        }

        @Override
        public void onUpdate(ClusterResource cluster) {
            count.incrementAndGet();
        }
    }

    /// @throws IOException a file for TLS cannot be read
    /// @throws org.apache.kafka.common.KafkaException as of [#producer]
    Admin admin() throws IOException {
        Map<String, Object> settings = common("admin");
        settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(REQUEST));
        settings.put(CommonClientConfigs.RETRIES_CONFIG, 3);
        return Admin.create(settings);
    }

    private Map<String, Object> common(String purpose) throws IOException {
        Map<String, Object> settings = new HashMap<>();
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrap());
        settings.put(
                CommonClientConfigs.CLIENT_ID_CONFIG,
                "precert-ocsp-%s-%s-%d".formatted(node, purpose, CLIENTS.incrementAndGet()));
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, millis(REQUEST));
        settings.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 2_000L);
        settings.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, 5_000L);
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000L);
        // Nothing of this process is sent to brokers, or shown by JMX.
        settings.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, List.of());
        settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        if (kafka.tls().isPresent()) {
            tls(settings, kafka.tls().get());
        }
        return settings;
    }

    private static void tls(Map<String, Object> settings, ClusterConfig.Tls tls)
            throws IOException {
        settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SSL");
        settings.put(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG, List.of("TLSv1.3"));
        settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
        settings.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, pem(tls.ca()));
        settings.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
        settings.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, pem(tls.certificate()));
        settings.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, pem(tls.privateKey()));
    }

    private static Password pem(Path file) throws IOException {
        return new Password(Files.readString(file, StandardCharsets.ISO_8859_1));
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
