package org.precertocsp.responder.cluster.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cli.ClusterCommand;
import org.precertocsp.responder.cli.PrecertOcspCommand;
import org.precertocsp.responder.cluster.Recovery;
import org.precertocsp.responder.cluster.SignedRecords;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.responses.ResponseLog;
import picocli.CommandLine;

/// The commands of a cluster, with a real broker.
final class ClusterCommandTest {
    @TempDir private static Path folder;

    private static KafkaBrokers brokers;

    private int exitCode;

    /// Of the store of the node.
    private Optional<Recovery> stored = Optional.empty();

    @BeforeAll
    static void startBroker() throws IOException {
        brokers = KafkaBrokers.single();
        TestCa.write(folder.resolve("ca.pem"), TestCa.root("Root").holder());
        SignedRecords.writeKeys(folder);
    }

    private static String bootstrap() {
        return brokers.bootstrap().getFirst();
    }

    /// Standard output, and after it standard error.
    private String run(String command, String prefix, String... more) throws IOException {
        return runWith(command, prefix, bootstrap(), "a.key", more);
    }

    private String runWith(
            String command, String prefix, String bootstrap, String key, String... more)
            throws IOException {
        Path config =
                Files.writeString(
                        folder.resolve("precert-ocsp.yaml"),
                        """
                        store: {directory: store}
                        cluster:
                          role: authority
                          name: a
                          key: %s
                          kafka: {bootstrap: "%s", prefix: %s}
                          authorities:
                            - {name: a, publicKey: a.pub, address: "https://a.example"}
                            - {name: b, publicKey: b.pub, address: "https://b.example"}
                          edges: [{name: fra1, publicKey: fra1.pub}]
                        issuers: [{name: one, certificates: ca.pem, profile: tls}]
                        """
                                .formatted(key, bootstrap, prefix));
        return execute(config, command, more);
    }

    private String execute(Path config, String command, String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line =
                PrecertOcspCommand.of(ClusterCommand.of(InstantSource.system(), _ -> stored));
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        List<String> arguments =
                new ArrayList<>(List.of("cluster", command, "-c", config.toString()));
        arguments.addAll(List.of(more));
        exitCode = line.execute(arguments.toArray(String[]::new));
        return out + err.toString();
    }

    @Test
    void topics_are_created_once_and_then_are_there() throws IOException {
        assertThat(run("init", "made", "--replication", "1"))
                .isEqualTo(
                        """
                        created: made.status
                        created: made.responses
                        created: made.reports
                        begun: made.status
                        """);
        assertThat(exitCode).isZero();

        assertThat(run("init", "made", "--replication", "1"))
                .isEqualTo(
                        """
                        is there: made.status
                        is there: made.responses
                        is there: made.reports
                        """);
        assertThat(exitCode).isZero();
    }

    @Test
    void a_weaker_topic_is_refused_with_setting_value_and_remedy() throws Exception {
        try (Admin admin = new KafkaClientSettings(brokers.kafka("weaker"), "test").admin()) {
            NewTopic weak = new NewTopic("weaker.status", 1, (short) 1);
            admin.createTopics(
                            List.of(
                                    weak.configs(
                                            Map.of(
                                                    "message.timestamp.type",
                                                    "LogAppendTime",
                                                    "flush.messages",
                                                    "1",
                                                    "unclean.leader.election.enable",
                                                    "false",
                                                    "retention.ms",
                                                    "259199999"))))
                    .all()
                    .get();
        }

        assertThat(run("init", "weaker", "--replication", "1"))
                .isEqualTo(
                        ("refused: topic weaker.status: retention.ms is 259199999, and must be at"
                                        + " least 259200000 (3 days): kafka-configs.sh"
                                        + " --bootstrap-server %s --alter --topic weaker.status"
                                        + " --add-config retention.ms=604800000\n"
                                        + "created: weaker.responses\ncreated: weaker.reports\n")
                                .formatted(bootstrap()));
        assertThat(exitCode).isEqualTo(1);
    }

    @Test
    void three_replicas_need_three_brokers() throws IOException {
        assertThat(run("init", "three")).contains("replication factor");
        assertThat(exitCode).isEqualTo(3);
    }

    @Test
    void one_replica_is_for_a_broker_on_this_machine() throws IOException {
        Files.writeString(folder.resolve("kafka.key"), "not read");

        assertThat(
                        runWith(
                                "init",
                                "p, ca: ca.pem, certificate: ca.pem, privateKey: kafka.key",
                                "k1.example:9093",
                                "a.key",
                                "--replication",
                                "1"))
                .contains("is for a broker at a loopback address");
        assertThat(exitCode).isEqualTo(2);
    }

    @Test
    void a_single_node_has_no_cluster() throws IOException {
        Path config =
                Files.writeString(
                        folder.resolve("single.yaml"),
                        """
                        store: {directory: store}
                        issuers: [{name: one, certificates: ca.pem, profile: tls}]
                        """);

        assertThat(execute(config, "status")).contains("has no section cluster");
        assertThat(exitCode).isEqualTo(3);
    }

    @Test
    void brokers_that_cannot_be_reached_are_named() throws IOException {
        assertThat(runWith("status", "p", "127.0.0.1:1", "a.key"))
                .contains("127.0.0.1:1: Connection refused");
        assertThat(exitCode).isEqualTo(3);
    }

    @Test
    void topics_that_do_not_exist_are_named() throws IOException {
        assertThat(run("status", "nowhere"))
                .contains("topic nowhere.status does not exist: create it with")
                .contains("topic nowhere.responses does not exist");
        assertThat(exitCode).isEqualTo(3);
    }

    @Test
    void a_log_that_has_only_begun_is_checked_and_shown() throws IOException {
        run("init", "empty", "--replication", "1");

        assertThat(run("status", "empty"))
                .startsWith("epoch 0 of generation 1, held by nobody; sequence 0\n")
                .contains("responses: 0 records, the newest never\n")
                .contains("problem: no authority has ever claimed");
        assertThat(exitCode).isEqualTo(1);
        assertThat(run("check", "empty"))
                .contains(
                        "ok: 1 brokers\n",
                        "ok: settings of empty.status\nok: rights on empty.status\n",
                        "ok: clock\n",
                        "problem: nodes: edge fra1 is silent");
        assertThat(exitCode).isEqualTo(1);
        assertThat(runWith("check", "empty", bootstrap(), "b.key"))
                .contains("is not the private key to authority a's publicKey");
    }

    @Test
    void a_log_that_was_lost_is_begun_anew_from_what_an_authority_has() throws Exception {
        run("init", "lost", "--replication", "1");
        assertThat(run("recover", "lost", "--yes", "--replication", "1"))
                .contains("has read no log of a cluster");
        assertThat(exitCode).isEqualTo(1);
        stored = Optional.of(new Recovery(Optional.empty(), 1, 7, 42, "ab".repeat(32)));

        assertThat(run("recover", "lost", "--replication", "1"))
                .contains(
                        "a has change 42 (digest abab",
                        "of epoch 7 and generation 1",
                        "with --yes, lost.status begins anew as generation 2, after change 42");
        assertThat(exitCode).isZero();
        assertThat(run("recover", "lost", "--yes", "--replication", "1"))
                .contains("topic lost.status is not empty, it begins with generation 1 already");
        assertThat(exitCode).isEqualTo(1);

        assertThat(run("init", "new", "--replication", "1"))
                .contains("refused: new.status is empty, and this node has read changes from it");
        assertThat(exitCode).isEqualTo(1);
        stored = Optional.of(new Recovery(logId("new"), 1, 7, 42, "ab".repeat(32)));
        assertThat(run("recover", "new", "--yes", "--replication", "1"))
                .contains("topic new.status is the one whose records are lost", "delete it");
        assertThat(exitCode).isEqualTo(1);
        brokers.replace(ClusterTopic.STATUS, "new");
        assertThat(run("recover", "new", "--yes", "--replication", "1"))
                .isEqualTo("begun: new.status, generation 2, after change 42\n");
        assertThat(exitCode).isZero();
        assertThat(run("status", "new"))
                .startsWith("epoch 0 of generation 2, held by nobody; sequence 42\n");
        assertThat(run("init", "new", "--replication", "1")).doesNotContain("refused", "begun");
        assertThat(exitCode).isZero();
    }

    private static Optional<ByteString> logId(String prefix) throws Exception {
        try (StatusLog log = KafkaStatusLog.status(SignedRecords.cluster(brokers.kafka(prefix)))) {
            return Optional.of(log.tail(0, Duration.ZERO).logId());
        }
    }

    @Test
    void a_cluster_at_work_is_shown_from_its_log() throws Exception {
        run("init", "work", "--replication", "1");
        try (StatusLog status =
                        KafkaStatusLog.status(SignedRecords.cluster(brokers.kafka("work")));
                StatusLog reports =
                        KafkaStatusLog.reports(SignedRecords.cluster(brokers.kafka("work")))) {
            status.append(SignedRecords.claim("a", 7));
            status.append(SignedRecords.change("a", 7, 3));
            reports.append(SignedRecords.report(2, 5));
            status.append(SignedRecords.beat("a", 3, 5));
            status.append(SignedRecords.beat("b", 3, 5));
        }
        try (ResponseLog responses =
                new KafkaResponseLog(SignedRecords.cluster(brokers.kafka("work")))) {
            responses.append(Collections.nCopies(3, ByteString.of()));
        }

        assertThat(run("status", "work"))
                .startsWith("epoch 7 of generation 1, held by a; sequence 3\n")
                .containsPattern("authority a +active +sequence 3, last beat \\d+\\.\\d s ago\n")
                .containsPattern("authority b +standby +sequence 3, last beat ")
                .containsPattern("edge +fra1 +applied 2, lag 1, last report .*, lease \\d+\\.\\d s")
                .containsPattern("responses: 3 records, the newest \\d+\\.\\d s ago\n");
        assertThat(exitCode).isZero();
        assertThat(run("status", "work", "--json"))
                .contains("\"holder\":\"a\"", "\"lag\":1", "\"problems\":[]");
        assertThat(run("check", "work")).doesNotContain("problem");
        assertThat(exitCode).isZero();

        try (StatusLog status =
                KafkaStatusLog.status(SignedRecords.cluster(brokers.kafka("work")))) {
            status.append(ByteString.of("forged".getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(run("status", "work")).contains("problem: 1 of the records read");
        assertThat(exitCode).isEqualTo(1);
    }
}
