package org.precertocsp.responder.cluster.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.StatusLog;

/// The topics of a cluster and how each must be set, so that what the log has taken is not lost.
public enum ClusterTopic {
    /// Changes, claims and beats. One partition, since its order is what nodes agree on; each
    /// record is on disk at two brokers before it counts.
    STATUS(1),

    /// Signed responses. Their order does not matter: each states the status it was signed for.
    RESPONSES(8),

    /// What edges report each second; only the newest of each edge counts.
    REPORTS(1);

    private static final int REPLICAS = 3;
    private static final int IN_SYNC = 2;

    /// Three brokers keep a record through the loss of one, and then still need two.
    private static final Duration STATUS_RETENTION = Duration.ofDays(7);

    /// Longer than the four days after which every response is renewed at the latest.
    private static final Duration RESPONSE_RETENTION = Duration.ofDays(7);

    private static final Duration LEAST_RESPONSE_RETENTION = Duration.ofDays(5);
    private static final Duration REPORT_RETENTION = Duration.ofHours(1);

    /// How many snapshot intervals the log reaches back, so that a new node finds a snapshot to
    /// start from even if the newest ones are missing.
    private static final int SNAPSHOT_INTERVALS = 3;

    /// What Kafka adds to a record of the largest size, with room.
    private static final int LEAST_MESSAGE = StatusLog.MAX_RECORD_BYTES + 1_000;

    private static final String MESSAGE = "1048588";
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

    private final int partitions;

    ClusterTopic(int partitions) {
        this.partitions = partitions;
    }

    int partitions() {
        return partitions;
    }

    /// The topic's name.
    public String name(ClusterConfig.Kafka kafka) {
        return switch (this) {
            case STATUS -> kafka.statusTopic();
            case RESPONSES -> kafka.responsesTopic();
            case REPORTS -> kafka.reportsTopic();
        };
    }

    /// A setting of a topic.
    ///
    /// @param created its value when this program creates the topic
    /// @param wanted in words, for messages
    /// @param accepts whether a value found is good enough
    record Setting(String name, String created, String wanted, Predicate<String> accepts) {
        private static Setting exactly(String name, String value) {
            return new Setting(name, value, value, value::equals);
        }

        private static Setting number(
                String name, long created, String wanted, LongPredicate accepts) {
            return new Setting(
                    name,
                    Long.toString(created),
                    wanted,
                    value ->
                            NUMBER.matcher(value).matches() && accepts.test(Long.parseLong(value)));
        }

        /// In milliseconds; -1 is for ever.
        private static Setting time(String name, Duration created, Duration least) {
            long millis = least.toMillis();
            return number(
                    name,
                    created.toMillis(),
                    "at least %d (%s)".formatted(millis, text(least)),
                    value -> value < 0 || value >= millis);
        }

        private static String text(Duration duration) {
            long hours = duration.toHours();
            return hours > 0 && hours % 24 == 0
                    ? hours / 24 + " days"
                    : duration.toString().substring(2).toLowerCase(Locale.ROOT);
        }
    }

    /// How a cluster's topics are set.
    ///
    /// @param replicas copies of each topic
    /// @param inSync copies that have a record before it counts
    /// @param snapshots interval between snapshots; empty where it is not known
    record Demands(int replicas, int inSync, Optional<Duration> snapshots) {
        /// What durability needs.
        static Demands usual(Optional<Duration> snapshots) {
            return new Demands(REPLICAS, IN_SYNC, snapshots);
        }

        /// One broker on this machine, to try things out.
        static Demands single(Optional<Duration> snapshots) {
            return new Demands(1, 1, snapshots);
        }
    }

    List<Setting> settings(Demands demands) {
        Duration reach =
                demands.snapshots()
                        .map(every -> every.multipliedBy(SNAPSHOT_INTERVALS))
                        .orElse(Duration.ZERO);
        Setting delete = Setting.exactly("cleanup.policy", "delete");
        Setting inSync =
                Setting.number(
                        "min.insync.replicas",
                        demands.inSync(),
                        "at least " + demands.inSync(),
                        value -> value >= demands.inSync());
        Setting clean = Setting.exactly("unclean.leader.election.enable", "false");
        // A record's age is what the broker says: a writer with a wrong clock could otherwise have
        // records deleted at once.
        Setting time = Setting.exactly("message.timestamp.type", "LogAppendTime");
        Setting size =
                Setting.number(
                        "max.message.bytes",
                        Long.parseLong(MESSAGE),
                        "at least " + LEAST_MESSAGE,
                        value -> value >= LEAST_MESSAGE);
        Setting unlimited = Setting.exactly("retention.bytes", "-1");
        return switch (this) {
            case STATUS ->
                    List.of(
                            delete,
                            inSync,
                            clean,
                            time,
                            size,
                            unlimited,
                            Setting.exactly("flush.messages", "1"),
                            Setting.time(
                                    "retention.ms",
                                    reach.compareTo(STATUS_RETENTION) > 0
                                            ? reach
                                            : STATUS_RETENTION,
                                    reach));
            case RESPONSES ->
                    List.of(
                            delete,
                            inSync,
                            clean,
                            time,
                            size,
                            unlimited,
                            Setting.time(
                                    "retention.ms", RESPONSE_RETENTION, LEAST_RESPONSE_RETENTION));
            case REPORTS ->
                    List.of(
                            delete,
                            time,
                            Setting.time("retention.ms", REPORT_RETENTION, Duration.ofMinutes(1)));
        };
    }
}
