package org.precertocsp.responder.cluster.kafka;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterConfig.Role;
import org.precertocsp.responder.cluster.ClusterKeys;
import org.precertocsp.responder.cluster.ClusterSummary;
import org.precertocsp.responder.cluster.ClusterSummary.ResponsesState;
import org.precertocsp.responder.cluster.ClusterSummary.State;
import org.precertocsp.responder.cluster.FirstRecord;
import org.precertocsp.responder.cluster.Recovery;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.StatusLog.AppendInDoubtException;
import org.precertocsp.responder.cluster.kafka.ClusterTopic.Demands;

/// What the commands of a cluster do with its brokers. Each call connects, and blocks for some
/// seconds.
///
/// @param cluster this node's
public record ClusterAdmin(ClusterConfig cluster, InstantSource clock) {
    /// Nodes write each second; some of it may be on the way.
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /// A clock further off than this is wrong: clients judge answers by theirs.
    private static final Duration CLOCK = Duration.ofSeconds(10);

    private static final Duration READING = Duration.ofSeconds(60);

    /// How many records before its end a log is read; then five times as many, until it is known
    /// who holds the epoch.
    private static final int RECENT = 2_000;

    private static final int GROWTH = 5;
    private static final int REPLICATION = 3;

    /// What was done with one topic.
    ///
    /// @param created false if it was there
    /// @param problems each with its remedy; none if it is as it must be
    public record TopicResult(String topic, boolean created, List<String> problems) {
        public TopicResult {
            problems = List.copyOf(problems);
        }
    }

    /// What `cluster init` did.
    ///
    /// @param begun true if the status log was empty, and now has its first record
    /// @param isEmpty true if it is empty, and an authority should begin it in another way
    public record InitResult(List<TopicResult> topics, boolean begun, boolean isEmpty) {
        public InitResult {
            topics = List.copyOf(topics);
        }

        /// True if all topics are there as they must be.
        public boolean isDone() {
            return !isEmpty && topics.stream().allMatch(it -> it.problems().isEmpty());
        }
    }

    /// One thing examined.
    ///
    /// @param problem with its remedy; empty if it is well
    public record Finding(String what, Optional<String> problem) {
        static Finding well(String what) {
            return new Finding(what, Optional.empty());
        }

        static Finding bad(String what, String problem) {
            return new Finding(what, Optional.of(problem));
        }
    }

    private interface Task<T> {
        T run(Admin admin) throws ExecutionException, InterruptedException, IOException;
    }

    /// Creates the topics that are not there, and examines those that are. An authority then begins
    /// an empty status log.
    ///
    /// @param replication 3, or 1 for a single broker on this machine
    /// @param begin false if this node has read a log, which an empty one cannot be
    /// @throws IOException the brokers do not answer, or refuse; the message has the reason
    public InitResult init(int replication, boolean begin) throws IOException {
        List<TopicResult> topics = createTopics(replication);
        boolean ready = topics.stream().allMatch(it -> it.problems().isEmpty());
        boolean empty =
                ready
                        && cluster.role() == Role.AUTHORITY
                        && this.<Boolean>read(ClusterTopic.STATUS, (_, _, end) -> end == 0);
        if (empty && begin) {
            // Two authorities may do it at once: the second of two first records counts nowhere.
            append(key -> FirstRecord.signed(cluster.name(), key));
        }
        return new InitResult(topics, empty && begin, empty && !begin);
    }

    /// What `cluster recover` did.
    ///
    /// @param refused why the log was not begun; empty if it was
    public record RecoverResult(List<TopicResult> topics, Optional<String> refused) {
        public RecoverResult {
            topics = List.copyOf(topics);
        }
    }

    /// Creates the topics that are not there, and begins an empty status log anew.
    ///
    /// @param replication as of [#init]
    /// @param from what this authority knows
    /// @throws IOException the brokers do not answer, or refuse; the message has the reason
    public RecoverResult recover(int replication, Recovery from) throws IOException {
        List<TopicResult> topics = createTopics(replication);
        if (topics.stream().anyMatch(it -> !it.problems().isEmpty())) {
            return new RecoverResult(
                    topics, Optional.of("a topic is weaker than it must be: repair it first"));
        }
        Optional<String> objection =
                this.<Optional<String>>read(
                        ClusterTopic.STATUS,
                        (reader, first, end) ->
                                end > RECENT
                                        ? Optional.of("it has had %d records".formatted(end))
                                        : from.objection(
                                                cluster,
                                                reader.records(first, end).stream()
                                                        .map(TopicReader::value)
                                                        .toList()));
        if (objection.isPresent()) {
            return new RecoverResult(
                    topics,
                    Optional.of(
                            ("topic %s is not empty, %s: a log is begun anew only where nothing is. If"
                                            + " it is the old one, it is not lost. If \"cluster init\""
                                            + " or this command began it, \"cluster status\" shows its"
                                            + " generation: %d is that of this recovery")
                                    .formatted(
                                            ClusterTopic.STATUS.name(cluster.kafka()),
                                            objection.get(),
                                            from.generation() + 1)));
        }
        Optional<ByteString> log =
                run(admin -> new TopicAdmin(admin, cluster.kafka()).id(ClusterTopic.STATUS));
        if (log.filter(from::isOf).isPresent()) {
            return new RecoverResult(
                    topics,
                    Optional.of(
                            ("topic %s is the one whose records are lost, and nodes have offsets in it:"
                                            + " delete it (kafka-topics.sh --delete), and run this"
                                            + " command again, which creates another one")
                                    .formatted(ClusterTopic.STATUS.name(cluster.kafka()))));
        }
        append(key -> from.signed(cluster.name(), key));
        return new RecoverResult(topics, Optional.empty());
    }

    private void append(Function<PrivateKey, ByteString> record) throws IOException {
        Optional<String> wrongKey = ClusterKeys.problem(cluster);
        if (wrongKey.isPresent()) {
            throw new IOException("cluster.key: " + wrongKey.get());
        }
        try (StatusLog log = KafkaStatusLog.status(cluster)) {
            log.append(record.apply(ClusterKeys.readPrivate(cluster.key())));
        } catch (AppendInDoubtException e) {
            throw new IOException(e.getMessage() + "; run this command again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(e.getMessage());
        }
    }

    private List<TopicResult> createTopics(int replication) throws IOException {
        Demands demands =
                replication == REPLICATION
                        ? Demands.usual(snapshots())
                        : Demands.single(snapshots());
        return run(
                admin -> {
                    TopicAdmin topics = new TopicAdmin(admin, cluster.kafka());
                    List<TopicResult> results = new ArrayList<>();
                    for (ClusterTopic topic : ClusterTopic.values()) {
                        boolean created = topics.create(topic, demands);
                        results.add(
                                new TopicResult(
                                        topic.name(cluster.kafka()),
                                        created,
                                        created ? List.of() : topics.problems(topic, demands)));
                    }
                    return results;
                });
    }

    private Optional<Duration> snapshots() {
        return cluster.role() == Role.AUTHORITY
                ? cluster.snapshots().map(ClusterConfig.Snapshots::every)
                : Optional.empty();
    }

    /// Examines brokers, topics, rights, the key, the clock, and who is silent.
    ///
    /// @throws IOException the brokers do not answer, or refuse; the message has the reason
    public List<Finding> check() throws IOException {
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding("cluster key " + cluster.key(), ClusterKeys.problem(cluster)));
        findings.addAll(
                run(
                        admin -> {
                            TopicAdmin topics = new TopicAdmin(admin, cluster.kafka());
                            List<Finding> found = new ArrayList<>();
                            found.add(brokers(admin.describeCluster().nodes().get().size()));
                            for (ClusterTopic topic : ClusterTopic.values()) {
                                found.addAll(topic(topics, topic));
                            }
                            return found;
                        }));
        if (findings.stream().allMatch(it -> it.problem().isEmpty())) {
            findings.add(time());
            State state = newest();
            state.problems().forEach(it -> findings.add(Finding.bad("nodes", it)));
            if (state.problems().isEmpty()) {
                findings.add(Finding.well("nodes: all of the roster were heard lately"));
            }
        }
        return findings;
    }

    private Finding brokers(int count) {
        String what = "%d brokers".formatted(count);
        return count >= REPLICATION || cluster.kafka().isLocal()
                ? Finding.well(what)
                : Finding.bad(what, "fewer than three: start the others");
    }

    private List<Finding> topic(TopicAdmin topics, ClusterTopic topic)
            throws ExecutionException, InterruptedException {
        List<Finding> findings = new ArrayList<>();
        String name = topic.name(cluster.kafka());
        List<String> problems = topics.problems(topic, topics.demands(topic, snapshots()));
        problems.forEach(it -> findings.add(Finding.bad("settings of " + name, it)));
        if (problems.isEmpty()) {
            findings.add(Finding.well("settings of " + name));
        }
        topics.operations(topic).ifPresent(it -> findings.add(rights(topic, name, it)));
        return findings;
    }

    /// What must be allowed to this node, and what must not. Brokers in plain text, which are on
    /// this machine, know nobody, and have no rules.
    private Finding rights(ClusterTopic topic, String name, Set<AclOperation> allowed) {
        boolean writes = cluster.role() == Role.AUTHORITY || topic == ClusterTopic.REPORTS;
        boolean reads = cluster.role() == Role.AUTHORITY || topic != ClusterTopic.REPORTS;
        Set<AclOperation> needed = EnumSet.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS);
        Set<AclOperation> forbidden =
                EnumSet.of(AclOperation.DELETE, AclOperation.ALTER, AclOperation.ALTER_CONFIGS);
        if (writes) {
            needed.add(AclOperation.WRITE);
        } else {
            forbidden.add(AclOperation.WRITE);
        }
        if (reads) {
            needed.add(AclOperation.READ);
        }
        needed.removeAll(allowed);
        forbidden.retainAll(allowed);
        String what = "rights on " + name;
        if (!needed.isEmpty()) {
            return Finding.bad(
                    what,
                    "this node may not %s, and must: kafka-acls.sh --add --allow-principal User:NAME --topic %s --operation %s"
                            .formatted(
                                    names(needed, " or "), name, names(needed, " --operation ")));
        }
        if (!forbidden.isEmpty() && cluster.kafka().tls().isPresent()) {
            return Finding.bad(
                    what,
                    "this node may %s, and must not: take that right from it, and set authorizer.class.name at the brokers"
                            .formatted(names(forbidden, " and ")));
        }
        return Finding.well(what);
    }

    private static String names(Set<AclOperation> operations, String between) {
        return operations.stream()
                .map(AclOperation::toString)
                .map(name -> name.replace("_", ""))
                .sorted()
                .collect(Collectors.joining(between));
    }

    /// The broker stamps records, so the newest one cannot be from the future.
    private Finding time() throws IOException {
        String what = "clock";
        Optional<Instant> newest =
                read(
                        ClusterTopic.STATUS,
                        (reader, first, end) ->
                                first == end
                                        ? Optional.<Instant>empty()
                                        : reader.records(end - 1, end).stream()
                                                .map(ClusterAdmin::time)
                                                .max(Instant::compareTo));
        Duration ahead =
                newest.map(at -> Duration.between(clock.instant(), at)).orElse(Duration.ZERO);
        return ahead.compareTo(CLOCK) < 0
                ? Finding.well(what)
                : Finding.bad(
                        what,
                        "is at least %d s behind the brokers' clocks: set it by NTP, or theirs"
                                .formatted(ahead.toSeconds()));
    }

    private static Instant time(ConsumerRecord<byte[], byte[]> record) {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /// Who holds the epoch, how far each node is, and who is silent, from the newest records.
    ///
    /// @throws IOException the brokers do not answer, or refuse; the message has the reason
    public State status() throws IOException {
        List<String> missing = run(admin -> new TopicAdmin(admin, cluster.kafka()).missing());
        if (!missing.isEmpty()) {
            throw new IOException(String.join("; ", missing));
        }
        return newest();
    }

    private State newest() throws IOException {
        ClusterSummary summary = new ClusterSummary(cluster);
        if (!cluster.edges().isEmpty()) {
            this.<Boolean>read(
                    ClusterTopic.REPORTS,
                    (reader, first, end) -> {
                        add(summary, reader.records(Math.max(first, end - RECENT), end));
                        return true;
                    });
        }
        this.<Boolean>read(
                ClusterTopic.STATUS,
                (reader, first, end) -> {
                    long from = end;
                    long count = RECENT;
                    while (from > first && !summary.knowsHolder()) {
                        long to = from;
                        from = Math.max(first, to - count);
                        add(summary, reader.records(from, to));
                        count *= GROWTH;
                    }
                    return true;
                });
        summary.add(responses());
        return summary.state(clock.instant(), SILENCE);
    }

    private ResponsesState responses() throws IOException {
        long records = 0;
        Optional<Instant> newest = Optional.empty();
        for (int i = 0; i < ClusterTopic.RESPONSES.partitions(); i++) {
            Found found =
                    read(
                            ClusterTopic.RESPONSES,
                            i,
                            (reader, first, end) ->
                                    new Found(
                                            end - first,
                                            first == end
                                                    ? List.of()
                                                    : reader.records(end - 1, end)));
            records += found.count();
            newest =
                    Stream.concat(newest.stream(), found.last().stream().map(ClusterAdmin::time))
                            .max(Instant::compareTo);
        }
        return new ResponsesState(
                records,
                newest.map(at -> Duration.between(at, clock.instant()))
                        .map(age -> age.isNegative() ? Duration.ZERO : age));
    }

    private record Found(long count, List<ConsumerRecord<byte[], byte[]>> last) {}

    private static void add(ClusterSummary summary, List<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.value() != null) {
                summary.add(record.offset(), time(record), ByteString.of(record.value()));
            }
        }
    }

    private interface Reading<T> {
        T read(Reader reader, long first, long end) throws IOException;
    }

    private <T> T read(ClusterTopic topic, Reading<T> reading) throws IOException {
        return read(topic, 0, reading);
    }

    private <T> T read(ClusterTopic topic, int partition, Reading<T> reading) throws IOException {
        try (Reader reader =
                new Reader(
                        new KafkaClientSettings(cluster.kafka(), cluster.name()).consumer(),
                        new TopicPartition(topic.name(cluster.kafka()), partition))) {
            return reading.read(reader, reader.first(), reader.end());
        } catch (KafkaException e) {
            throw new IOException(
                    "topic %s cannot be read: %s"
                            .formatted(
                                    topic.name(cluster.kafka()),
                                    KafkaFailure.reason(e, cluster.kafka().bootstrap())),
                    e);
        }
    }

    private <T> T run(Task<T> task) throws IOException {
        try (Admin admin = new KafkaClientSettings(cluster.kafka(), cluster.name()).admin()) {
            return task.run(admin);
        } catch (ExecutionException | KafkaException e) {
            throw new IOException(
                    "the brokers: " + KafkaFailure.reason(e, cluster.kafka().bootstrap()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(e.getMessage());
        }
    }

    /// Reads ranges of one partition.
    private record Reader(Consumer<byte[], byte[]> consumer, TopicPartition partition)
            implements AutoCloseable {
        private Reader {
            consumer.assign(List.of(partition));
        }

        long first() {
            return offset(consumer.beginningOffsets(List.of(partition)));
        }

        long end() {
            return offset(consumer.endOffsets(List.of(partition)));
        }

        private long offset(Map<TopicPartition, Long> offsets) {
            return Objects.requireNonNull(offsets.get(partition), "an offset that was asked for");
        }

        List<ConsumerRecord<byte[], byte[]>> records(long from, long to) throws IOException {
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            long limit = System.nanoTime() + READING.toNanos();
            consumer.seek(partition, from);
            while (consumer.position(partition) < to) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(KafkaClientSettings.REQUEST)) {
                    if (record.offset() < to) {
                        records.add(record);
                    }
                }
                if (System.nanoTime() - limit > 0) {
                    throw new IOException(
                            "topic %s has records that no broker delivers"
                                    .formatted(partition.topic()));
                }
            }
            return records;
        }

        @Override
        public void close() {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
