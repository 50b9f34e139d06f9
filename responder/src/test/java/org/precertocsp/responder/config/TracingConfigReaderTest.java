package org.precertocsp.responder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.responder.tracing.TracingConfig;
import org.precertocsp.responder.tracing.TracingConfig.Header;
import org.precertocsp.signer.key.SecretSource;

/// Where a configuration has traces sent.
final class TracingConfigReaderTest {
    private static final String ENDPOINT = "endpoint: 'https://c.example/v1/traces'";

    @TempDir static Path folder;

    private static ConfigFiles files;

    @BeforeAll
    static void make_files() throws IOException {
        files = new ConfigFiles(folder);
    }

    private static Optional<TracingConfig> read(String tracing)
            throws IOException, ConfigException {
        return files.read(ConfigFiles.SMALLEST + tracing).tracing();
    }

    @Test
    void nothing_is_traced_unless_asked_for() throws IOException, ConfigException {
        assertThat(read("")).isEmpty();
    }

    @Test
    void a_collector_needs_no_more_than_its_address() throws IOException, ConfigException {
        assertThat(read("tracing: {" + ENDPOINT + "}"))
                .contains(
                        new TracingConfig(
                                URI.create("https://c.example/v1/traces"),
                                0.001,
                                List.of(),
                                Optional.empty(),
                                Duration.ofSeconds(10)));
    }

    @Test
    void secrets_of_headers_are_named_by_their_place() throws IOException, ConfigException {
        assertThat(
                        read(
                                "tracing: {"
                                        + ENDPOINT
                                        + ", sample: 0.25, ca: chain.pem, timeout: 2s, headers: ["
                                        + "{name: Authorization, value: {environment: TOKEN}},"
                                        + "{name: x-team, value: {file: pin.txt}}]}"))
                .contains(
                        new TracingConfig(
                                URI.create("https://c.example/v1/traces"),
                                0.25,
                                List.of(
                                        new Header(
                                                "Authorization",
                                                new SecretSource.FromEnvironment("TOKEN")),
                                        new Header(
                                                "x-team",
                                                new SecretSource.FromFile(
                                                        folder.resolve("pin.txt")))),
                                Optional.of(folder.resolve("chain.pem")),
                                Duration.ofSeconds(2)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "endpoint: 'http://127.0.0.1:4318/v1/traces'",
                "endpoint: 'http://[::1]:4318/v1/traces'",
                "endpoint: 'http://localhost:4318/v1/traces'",
                "plain: true, endpoint: 'http://10.0.0.7:4318/v1/traces'"
            })
    void http_is_for_this_machine_or_where_it_is_allowed(String tracing)
            throws IOException, ConfigException {
        assertThat(read("tracing: {" + tracing + "}")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sample: 1|tracing.endpoint|is missing",
                "endpoint: collector|tracing.endpoint|is not a web address",
                "endpoint: 'https://c.example'|tracing.endpoint|has no path",
                "endpoint: 'https://me:secret@c.example/v1/traces'|tracing.endpoint|send them by headers",
                "endpoint: 'http://c.example/v1/traces'|tracing.endpoint|write https, or plain: true",
                "endpoint: 'http://127.0.0.1.example/v1'|tracing.endpoint|write https, or plain: true",
                "endpoint: 'http://127.0.0.1/v1', ca: chain.pem|tracing.ca|is for https",
                "ca: text.pem|tracing.ca|text.pem",
                "sample: 1.5|tracing.sample|not a number from 0 to 1",
                "sample: -0.5|tracing.sample|not a number from 0 to 1",
                "timeout: 2m|tracing.timeout|not from 100ms to 1m",
                "headers: [{name: 'a b', value: {environment: X}}]"
                        + "|tracing.headers[0].name|cannot name a header",
                "headers: [{name: Host, value: {environment: X}}]"
                        + "|tracing.headers[0].name|is set by precert-ocsp",
                "headers: [{name: a, value: secret}]"
                        + "|tracing.headers[0].value|never written into this file",
                "headers: [{name: a, value: {environment: X}}, {name: A, value: {environment: X}}]"
                        + "|tracing.headers[1].name|is here twice",
                "sampel: 1|tracing.sampel|did you mean sample?",
            })
    void what_is_wrong_is_said_with_a_remedy(String tracing, String path, String message) {
        ConfigException refused =
                catchThrowableOfType(
                        ConfigException.class, () -> read("tracing: {" + tracing + "}"));

        assertThat(refused.problems())
                .anySatisfy(
                        problem -> {
                            assertThat(problem.path()).isEqualTo(path);
                            assertThat(problem.message()).contains(message);
                        });
    }
}
