package org.precertocsp.responder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.Requirement;
import org.precertocsp.responder.ctlog.CtLogConfig;
import org.precertocsp.responder.ctlog.CtOnlySerialPolicy;

/// Which logs a configuration has followed.
final class WatchConfigReaderTest {
    @TempDir static Path folder;

    private static ConfigFiles files;

    @BeforeAll
    static void make_files() throws IOException {
        files = new ConfigFiles(folder);
        Files.writeString(folder.resolve("log.pem"), LogLists.key());
        Files.writeString(folder.resolve("other.pem"), LogLists.key());
        Files.writeString(
                folder.resolve("list.json"),
                "{\"operators\":[%s,%s]}"
                        .formatted(
                                LogLists.operator(
                                        "Alpha",
                                        LogLists.log("a1", "usable"),
                                        LogLists.log("a2", "retired"),
                                        LogLists.log("a3", "qualified")),
                                LogLists.operator("Beta", LogLists.log("b1", "usable"))));
    }

    private static CtLogConfig read(String watch) throws IOException, ConfigException {
        return files.read(ConfigFiles.SMALLEST + "watch: " + watch + "\n").watch();
    }

    private static List<String> names(String watch) throws IOException, ConfigException {
        return read(watch).logs().stream().map(watched -> watched.log().name()).toList();
    }

    @Test
    void a_log_is_named_by_address_and_key() throws IOException, ConfigException {
        CtLogConfig watch =
                read(
                        "{poll: 5s, grace: 0s, logs: ["
                                + "{url: 'https://ct.example/1', key: log.pem, from: 5},"
                                + "{url: 'https://ct.example/2', key: other.pem, name: two}]}");

        assertThat(watch.poll()).isEqualTo(Duration.ofSeconds(5));
        assertThat(watch.grace()).isZero();
        assertThat(watch.logs()).hasSize(2);
        assertThat(watch.logs().getFirst().log().name()).isEqualTo("https://ct.example/1");
        assertThat(watch.logs().getFirst().log().origin()).isEmpty();
        assertThat(watch.logs().getFirst().from()).isEqualTo(OptionalLong.of(5));
        assertThat(watch.logs().getLast().log().name()).isEqualTo("two");
        assertThat(watch.logs().getLast().from()).isEmpty();
    }

    @Test
    @Requirement("CT-16")
    void logs_are_picked_from_a_list_by_state_operator_and_name()
            throws IOException, ConfigException {
        assertThat(names("{lists: [{file: list.json}]}")).containsExactly("a1", "a3", "b1");
        assertThat(names("{lists: [{file: list.json, operators: alpha, states: usable}]}"))
                .containsExactly("a1");
        assertThat(names("{lists: [{file: list.json, states: [retired, readonly]}]}"))
                .containsExactly("a2");
        assertThat(names("{lists: [{file: list.json, names: [b1, A3]}]}"))
                .containsExactly("a3", "b1");
        assertThat(names("{lists: [{file: list.json}, {file: list.json, operators: Beta}]}"))
                .as("lists overlap")
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{logs: [{key: log.pem}]} | watch.logs[0].url | is missing",
                "{logs: [{url: 'https://ct.example/1'}]} | watch.logs[0].key | is missing",
                "{logs: [{url: ct.example, key: log.pem}]} | watch.logs[0].url | not an address of a"
                        + " log",
                "{logs: [{url: 'https://ct.example/1', key: gone.pem}]} | watch.logs[0].key |"
                        + " neither",
                "{logs: [{url: 'https://a.b', key: log.pem, from: -1}]} | watch.logs[0].from |"
                        + " number",
                "{logs: [{url: 'https://a.b', key: log.pem}, {url: 'https://c.d', key: log.pem}]}"
                        + " | watch.logs[1].key | is the key of log https://a.b too",
                "{logs: [{url: 'https://a.b', key: log.pem}, {url: 'https://a.b', key: other.pem}]}"
                        + " | watch.logs[1] | give it another name",
                "{lists: [{file: list.json, operators: Gamma}]} | watch.lists[0] | picks none of"
                        + " the 4",
                "{lists: [{file: log.pem}]} | watch.lists[0].file | not a log list",
                "{lists: [{file: gone.json}]} | watch.lists[0].file | does not exist",
                "{poll: 10ms} | watch.poll | not from 1s to 1d",
                "{interval: 1m} | watch.interval | unknown key"
            })
    void what_is_wrong_is_said_with_its_place(String watch, String path, String message) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> read(watch));

        assertThat(refused.problems())
                .anySatisfy(
                        problem -> {
                            assertThat(problem.path()).isEqualTo(path);
                            assertThat(problem.message()).contains(message);
                        });
    }

    @Test
    @Requirement("CT-20")
    void what_a_log_brings_first_is_answered_unless_the_issuer_is_alert_only()
            throws IOException, ConfigException {
        assertThat(files.read(ConfigFiles.SMALLEST).issuers().getFirst().ct())
                .isEqualTo(CtOnlySerialPolicy.ANSWER);
        assertThat(
                        files.read(ConfigFiles.SMALLEST + "    ct: alert-only\n")
                                .issuers()
                                .getFirst()
                                .ct())
                .isEqualTo(CtOnlySerialPolicy.ALERT_ONLY);
    }
}
