package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.RequiredTools;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.metrics.MetricName;

/// What a server that has answered tells Prometheus, and the files that go with it.
final class MonitoringTest {
    /// Where Surefire says the module is; the working directory is the repository otherwise.
    private static final Path MODULE = Path.of(System.getProperty("basedir", "responder"));

    private static final Path FILES = MODULE.resolve("src/dist/monitoring");
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Pattern NAME = Pattern.compile("\\b(?:precertocsp|jvm|process)_[a-z_]+");

    @TempDir static Path directory;

    private static String page = "";

    @BeforeAll
    static void a_server_answers() throws Exception {
        int admin = FreePort.next();
        TestCa ca = TestCa.root("CA");
        KeyPair signer = TestCa.p256();
        configure(ca, signer, admin);
        TestCa.write(
                directory.resolve("leaf.pem"),
                ca.certificate(
                        BigInteger.valueOf(0x4711),
                        TestCa.name("leaf"),
                        TestCa.p256(),
                        builder -> {}));
        try (RunningServer running =
                new Wiring(CLOCK).launcher().start(ConfigReader.read(file()))) {
            String leaf = directory.resolve("leaf.pem").toString();
            assertThat(
                            Main.commandLine(CLOCK)
                                    .execute("load", "certificates", "-c", file().toString(), leaf))
                    .isZero();
            OcspClient client = new OcspClient(running.addresses().getFirst(), signer.getPublic());
            for (int i = 0; i < 3; i++) {
                client.ask(directory.resolve("ca.pem"), Serial.of(BigInteger.valueOf(0x4711)));
            }
            get(running.addresses().getFirst().getPort(), "/AAAA");
            page = get(admin, "/metrics");
        }
    }

    @Requirement("CI-04")
    @Test
    void requests_are_told_apart_by_method_hash_and_outcome() {
        assertThat(page.lines())
                .contains(
                        "precertocsp_requests_total{hash=\"sha1\",method=\"post\",outcome=\"answered\"}"
                                + " 3.0",
                        "precertocsp_requests_total{hash=\"none\",method=\"get\",outcome=\"malformed_request\"}"
                                + " 1.0");
        assertThat(page.lines())
                .contains("precertocsp_response_age_seconds_count 3")
                .contains(
                        "precertocsp_feed_files_total{feed=\"certificates\",result=\"taken\"} 1.0")
                .contains("precertocsp_alerts_open{severity=\"critical\"} 0.0")
                .contains("precertocsp_answer_layer_asked_total{layer=\"signer\"} 1.0");
    }

    @Test
    void every_metric_of_the_list_is_on_the_page_with_its_labels_and_no_other() {
        Map<String, Set<String>> shown = shown();
        for (MetricName meaning : MetricName.values()) {
            if (meaning.isOfCluster()) {
                assertThat(shown).doesNotContainKey(meaning.shown());
                continue;
            }
            assertThat(shown).containsKey(meaning.shown());
            assertThat(shown.get(meaning.shown()))
                    .as(meaning.shown())
                    .containsExactlyInAnyOrderElementsOf(meaning.labels());
        }
        Set<String> known =
                Arrays.stream(MetricName.values())
                        .map(MetricName::shown)
                        .collect(Collectors.toSet());
        assertThat(shown.keySet())
                .filteredOn(name -> name.startsWith("precertocsp_"))
                .allMatch(known::contains);
        // Figures may have any digits.
        assertThat(page.lines().map(line -> line.replaceAll(" [^ ]*$", "")))
                .noneMatch(line -> line.contains("4711"));
    }

    @Test
    void promtool_finds_nothing_wrong_with_our_metrics() throws Exception {
        // Not with Micrometer's, whose names some versions of promtool would have otherwise.
        String ours =
                page.lines()
                        .filter(line -> line.matches("(# [A-Z]+ )?precertocsp_.*"))
                        .collect(Collectors.joining("\n", "", "\n"));
        assertThat(ours.lines().count()).isGreaterThan(100);
        assertThat(promtool(ours, "check", "metrics")).isEmpty();
    }

    @Test
    void promtool_accepts_the_rules() throws Exception {
        assertThat(promtool("", "check", "rules", FILES.resolve("alerts.yml").toString()))
                .contains("SUCCESS");
    }

    @Test
    void rules_and_dashboard_name_only_metrics_there_are() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String file : new String[] {"alerts.yml", "dashboard.json"}) {
            Matcher matcher = NAME.matcher(Files.readString(FILES.resolve(file)));
            while (matcher.find()) {
                names.add(matcher.group().replaceAll("_bucket$", ""));
            }
        }
        assertThat(names).hasSizeGreaterThan(30);
        Set<String> there = new TreeSet<>(shown().keySet());
        // Which this server does not show.
        Arrays.stream(MetricName.values())
                .filter(MetricName::isOfCluster)
                .map(MetricName::shown)
                .forEach(there::add);
        assertThat(there).containsAll(names);
    }

    @Test
    void every_query_of_the_dashboard_is_promql() throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
        JsonNode dashboard = new ObjectMapper().readTree(FILES.resolve("dashboard.json").toFile());
        int count = 0;
        for (JsonNode expression : dashboard.findValues("expr")) {
            String query =
                    expression
                            .asText()
                            .replace("$__rate_interval", "5m")
                            .replace("$instance", ".*");
            rules.append("  - record: query_" + count++ + "\n    expr: '" + query + "'\n");
        }
        Path file = Files.writeString(directory.resolve("queries.yml"), rules);

        assertThat(promtool("", "check", "rules", file.toString()))
                .contains("SUCCESS: " + count + " rules found");
        assertThat(count).isGreaterThan(30);
    }

    @Test
    void the_list_of_metrics_is_the_page_in_the_repository() throws IOException {
        Path written = MODULE.resolve("METRICS.md");
        Path fresh = MODULE.resolve("target/METRICS.md");
        Files.createDirectories(MODULE.resolve("target"));
        Files.writeString(fresh, MetricName.page());

        assertThat(Files.exists(written) ? Files.readString(written) : "")
                .as("copy responder/target/METRICS.md over responder/METRICS.md")
                .isEqualTo(MetricName.page());
    }

    /// Names on the page, histograms without their suffixes, and the labels of each.
    private static Map<String, Set<String>> shown() {
        Map<String, Set<String>> shown = new TreeMap<>();
        Pattern sample = Pattern.compile("([a-z_0-9]+)(?:\\{(.*)})? .*");
        for (String line : page.lines().filter(it -> !it.startsWith("#")).toList()) {
            Matcher matcher = sample.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            String name = matcher.group(1);
            if (page.contains(
                    "# TYPE " + name.replaceAll("_(bucket|sum|count)$", "") + " histogram")) {
                name = name.replaceAll("_(bucket|sum|count)$", "");
            }
            Set<String> labels = shown.computeIfAbsent(name, _ -> new TreeSet<>());
            if (matcher.group(2) != null) {
                for (String label : matcher.group(2).split("\",", -1)) {
                    String key = label.substring(0, label.indexOf('='));
                    if (!key.equals("le")) {
                        labels.add(key);
                    }
                }
            }
        }
        return shown;
    }

    private static String promtool(String input, String... arguments)
            throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = RequiredTools.program("promtool").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static void configure(TestCa ca, KeyPair signer, int admin) throws IOException {
        TestCa.write(directory.resolve("ca.pem"), ca.holder());
        ca.writeSigner(directory, signer);
        Files.writeString(
                file(),
                """
                store: {directory: store}
                spool: {poll: 50ms}
                http: {listen: ["127.0.0.1:0"]}
                admin:
                  listen: "127.0.0.1:%d"
                  api: {listen: "127.0.0.1:0", plain: true, role: viewer}
                # Nobody answers there.
                watch: {logs: [{url: "http://127.0.0.1:1/", key: %s, name: silent}]}
                issuers:
                  - name: one
                    certificates: ca.pem
                    profile: private
                    responder: {certificate: signer.pem, key: {pem: {file: signer.key}}}
                """
                        .formatted(
                                admin,
                                Base64.getEncoder()
                                        .encodeToString(TestCa.p256().getPublic().getEncoded())));
    }

    private static Path file() {
        return directory.resolve("precert-ocsp.yaml");
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
