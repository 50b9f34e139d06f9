package org.precertocsp.responder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.Requirement;

/// What is wrong with a file is said with its line, its key, and a remedy.
final class BrokenConfigTest {
    private static final String TOP = ConfigFiles.SMALLEST;
    private static final String KEY = ConfigFiles.RESPONDER;

    @TempDir static Path folder;

    private static ConfigFiles files;

    @BeforeAll
    static void make_files() throws IOException {
        files = new ConfigFiles(folder);
    }

    @ParameterizedTest
    @MethodSource({
        "org.precertocsp.responder.config.BrokenConfigs#broken_values",
        "org.precertocsp.responder.config.BrokenConfigs#broken_alerts",
        "org.precertocsp.responder.config.BrokenConfigs#broken_issuers",
        "org.precertocsp.responder.config.BrokenConfigs#broken_keys",
        "org.precertocsp.responder.config.BrokenConfigs#broken_yaml"
    })
    void a_problem_is_reported_at_its_place_with_a_remedy(
            String yaml, String place, String path, String message) {
        assertThat(problems(yaml))
                .anySatisfy(
                        problem -> {
                            assertThat(problem.path()).isEqualTo(path);
                            assertThat(problem.message()).contains(message);
                            assertThat(problem.line() + ":" + problem.column()).isEqualTo(place);
                        });
    }

    @Requirement({"TF-02", "TF-03"})
    @ParameterizedTest
    @MethodSource("validities_outside_the_band")
    void a_validity_outside_the_profiles_band_names_the_rule(
            String profile, String validity, String message) {
        String yaml = TOP.replace("tls", profile) + "    validity: " + validity + "\n";

        assertThat(problems(yaml))
                .singleElement()
                .satisfies(
                        problem -> {
                            assertThat(problem.path()).isEqualTo("issuers[0].validity");
                            assertThat(problem.line()).isEqualTo(7);
                            assertThat(problem.message()).contains(message);
                        });
    }

    static Stream<Arguments> validities_outside_the_band() {
        return Stream.of(
                Arguments.of(
                        "tls", "7h59m59s", "shorter than the 8h that profile tls allows (TF-02"),
                Arguments.of(
                        "tls", "7d", "longer than the 6d23h59m59s that profile tls allows (TF-03"),
                Arguments.of("code-signing", "10d", "(TF-03"),
                Arguments.of("smime", "1h", "(TF-02"),
                Arguments.of("private", "30s", "shorter than the 1m that profile private allows"),
                Arguments.of("private", "367d", "longer than the 366d"));
    }

    @ParameterizedTest
    @MethodSource("inline_secrets")
    void a_secret_in_the_file_is_refused_and_not_repeated(String yaml) {
        assertThat(problems(yaml))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem.message()).doesNotContain("4711"));
        assertThat(problems(yaml))
                .extracting(ConfigProblem::message)
                .anyMatch(it -> it.contains("{file: PATH}") || it.contains("not the secret"));
    }

    static Stream<String> inline_secrets() {
        return Stream.of(
                KEY + BrokenConfigs.pkcs11("token: a, label: k").replace("{file: pin.txt}", "4711"),
                KEY
                        + BrokenConfigs.pkcs11("token: a, label: k")
                                .replace("{file: pin.txt}", "['4711']"),
                KEY
                        + BrokenConfigs.pkcs11("token: a, label: k")
                                .replace("file: pin.txt", "environment: '4711'"),
                KEY + "        pkcs12: {file: key.p12, password: '4711'}\n",
                KEY + "        pem: {file: key.pem, passphrase: \"4711\"}\n");
    }

    @Test
    void all_problems_are_reported_together_in_the_order_of_lines() {
        String yaml =
                """
                store: {directory: store, cash: 1GB}
                http: {listen: here, limits: {drain: 1y}}
                answers: {nonce: yes}
                issuers:
                  - certificates: [gone.pem]
                    profile: tls
                    validity: 1h
                    responder: {key: {pkcs12: {file: gone.p12, password: 4711}}}
                  - name: second
                    certificates: [alpha.pem, beta.pem]
                    profil: tls
                """;

        assertThat(problems(yaml))
                .extracting(problem -> problem.line() + " " + problem.path())
                .containsExactly(
                        "1 store.cash",
                        "2 http.listen",
                        "2 http.limits.drain",
                        "3 answers.nonce",
                        "5 issuers[0].name",
                        "5 issuers[0].certificates[0]",
                        "7 issuers[0].validity",
                        "8 issuers[0].responder.key.pkcs12.file",
                        "8 issuers[0].responder.key.pkcs12.password",
                        "9 issuers[1].profile",
                        "10 issuers[1].certificates[1]",
                        "11 issuers[1].profil");
    }

    @Test
    void the_message_of_the_refusal_is_lines_an_editor_can_jump_to() {
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> files.read(TOP + "htp: 1\n"));

        assertThat(refused).hasMessage(files.file() + ":7:1: htp: unknown key; did you mean http?");
    }

    @Test
    void bytes_that_are_not_utf_8_are_refused() throws IOException {
        Path file = folder.resolve("latin1.yaml");
        Files.write(file, "store: {directory: caf\u00e9}\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file)))
                .hasMessageContaining("is not UTF-8 text");
    }

    /// Whatever a slip of the keyboard makes of the sample, it is read or refused, never a crash.
    @Property(tries = 100)
    void a_damaged_sample_is_refused_in_good_order(
            @ForAll @IntRange(max = 7000) int position,
            @ForAll @IntRange(max = 40) int removed,
            @ForAll char added)
            throws IOException {
        StringBuilder text = new StringBuilder(SampleConfig.text());
        int from = Math.min(position, text.length());
        text.replace(from, Math.min(from + removed, text.length()), String.valueOf(added));
        Path file = Files.createTempFile("damaged", ".yaml");
        try {
            Files.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
            ConfigException refused =
                    catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file));
            assertThat(refused.problems()).isNotEmpty();
        } finally {
            Files.delete(file);
        }
    }

    private static List<ConfigProblem> problems(String yaml) {
        return catchThrowableOfType(ConfigException.class, () -> files.read(yaml)).problems();
    }
}
