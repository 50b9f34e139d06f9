package org.precertocsp.responder.cluster.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.kafka.ClusterTopic.Demands;
import org.precertocsp.responder.cluster.kafka.ClusterTopic.Setting;

/// Creates the topics of a cluster, and finds the settings of existing ones that are too weak.
final class TopicAdmin {
    private static final Duration ASK_AGAIN = Duration.ofMillis(20);

    /// For brokers that have just started: they accept connections before they know each other.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Admin admin;
    private final ClusterConfig.Kafka kafka;

    TopicAdmin(Admin admin, ClusterConfig.Kafka kafka) {
        this.admin = admin;
        this.kafka = kafka;
    }

    /// What is wrong with a topic, each with its remedy. Blocks for two requests.
    ///
    /// @throws ExecutionException as Kafka's calls: the brokers do not answer, or refuse
    List<String> problems(ClusterTopic topic, Demands demands)
            throws ExecutionException, InterruptedException {
        Optional<TopicDescription> found = describe(topic.name(kafka));
        return found.isEmpty()
                ? List.of(missing(topic.name(kafka)))
                : problems(topic, demands, found.get());
    }

    /// The ID of the log in a topic: what tells this topic from one that is created under its name
    /// after it was deleted. Empty if there is none. Blocks for a request.
    ///
    /// @throws ExecutionException as Kafka's calls: the brokers do not answer, or refuse
    Optional<ByteString> id(ClusterTopic topic) throws ExecutionException, InterruptedException {
        return describe(topic.name(kafka)).map(found -> bytes(found.topicId()));
    }

    private static ByteString bytes(Uuid id) {
        return ByteString.of(
                ByteBuffer.allocate(StatusLog.ID_BYTES)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .array());
    }

    /// Topics that do not exist, each with its remedy. Blocks for a request a topic.
    ///
    /// @throws ExecutionException as Kafka's calls: the brokers do not answer, or refuse
    List<String> missing() throws ExecutionException, InterruptedException {
        List<String> missing = new ArrayList<>();
        for (ClusterTopic topic : ClusterTopic.values()) {
            String name = topic.name(kafka);
            if (describe(name).isEmpty()) {
                missing.add(missing(name));
            }
        }
        return missing;
    }

    static String missing(String name) {
        return "topic %s does not exist: create it with precert-ocsp cluster init".formatted(name);
    }

    private List<String> problems(ClusterTopic topic, Demands demands, TopicDescription found)
            throws ExecutionException, InterruptedException {
        List<String> problems = new ArrayList<>();
        String name = found.name();
        if (found.partitions().size() != topic.partitions()) {
            problems.add(
                    ("topic %s has %d partitions, and must have %d: a topic cannot lose partitions;"
                                    + " name another prefix, or delete it if nothing is in it, and"
                                    + " run precert-ocsp cluster init")
                            .formatted(name, found.partitions().size(), topic.partitions()));
        }
        int replicas =
                found.partitions().stream()
                        .map(TopicPartitionInfo::replicas)
                        .mapToInt(List::size)
                        .min()
                        .orElse(0);
        if (replicas < demands.replicas()) {
            problems.add(
                    "topic %s has %d replicas, and must have at least %d: add some with kafka-reassign-partitions.sh"
                            .formatted(name, replicas, demands.replicas()));
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        Map<ConfigResource, Config> configs = admin.describeConfigs(List.of(resource)).all().get();
        Config config = configs.getOrDefault(resource, new Config(List.of()));
        for (Setting setting : topic.settings(demands)) {
            ConfigEntry entry = config.get(setting.name());
            String value = entry == null || entry.value() == null ? "unknown" : entry.value();
            if (!setting.accepts().test(value)) {
                problems.add(
                        ("topic %1$s: %2$s is %3$s, and must be %4$s: kafka-configs.sh"
                                        + " --bootstrap-server %5$s --alter --topic %1$s"
                                        + " --add-config %2$s=%6$s")
                                .formatted(
                                        name,
                                        setting.name(),
                                        value,
                                        setting.wanted(),
                                        String.join(",", kafka.bootstrap()),
                                        setting.created()));
            }
        }
        return problems;
    }

    /// What a topic must be like. Where all brokers are on this machine, one of them is enough, if
    /// the topic was created so.
    Demands demands(ClusterTopic topic, Optional<Duration> snapshots)
            throws ExecutionException, InterruptedException {
        boolean single =
                kafka.isLocal()
                        && describe(topic.name(kafka))
                                .filter(it -> it.partitions().getFirst().replicas().size() == 1)
                                .isPresent();
        return single ? Demands.single(snapshots) : Demands.usual(snapshots);
    }

    private Optional<TopicDescription> describe(String name)
            throws ExecutionException, InterruptedException {
        try {
            return Optional.ofNullable(
                    admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// What the brokers allow this node to do with a topic; empty if they do not tell.
    Optional<Set<AclOperation>> operations(ClusterTopic topic)
            throws ExecutionException, InterruptedException {
        try {
            TopicDescription found =
                    admin.describeTopics(
                                    List.of(topic.name(kafka)),
                                    new DescribeTopicsOptions().includeAuthorizedOperations(true))
                            .allTopicNames()
                            .get()
                            .get(topic.name(kafka));
            return Optional.ofNullable(found).map(TopicDescription::authorizedOperations);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// Creates a topic; false if it is there already. Blocks until a broker tells of it: one learns
    /// of it a moment after the controllers have created it.
    ///
    /// @throws ExecutionException as Kafka's calls: the brokers do not answer, or refuse
    boolean create(ClusterTopic topic, Demands demands)
            throws ExecutionException, InterruptedException {
        NewTopic created =
                new NewTopic(topic.name(kafka), topic.partitions(), (short) demands.replicas());
        Map<String, String> settings = new TreeMap<>();
        topic.settings(demands).forEach(setting -> settings.put(setting.name(), setting.created()));
        try {
            admin.createTopics(
                            List.of(created.configs(settings)),
                            new CreateTopicsOptions().timeoutMs((int) PATIENCE.toMillis()))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw e;
        }
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (describe(topic.name(kafka)).isEmpty() && System.nanoTime() < until) {
            Thread.sleep(ASK_AGAIN);
        }
        return true;
    }
}
