package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.FreePort;
import org.precertocsp.Requirement;
import org.precertocsp.responder.MarkdownDocument;

/// The private API of `demo --admin`, with curl, openssl and the program's own commands.
final class AdminIT {
    private static final int PORT = FreePort.next();
    private static final int ADMIN_PORT = FreePort.next();
    private static final String API = "https://127.0.0.1:" + ADMIN_PORT;

    /// All that can be changed or asked.
    private static final String ALL =
            "announcements cancellations certificates revocations amendments loads/certificates"
                    + " loads/crl loads/csv loads/index reload alerts/261121-0000/acknowledgement"
                    + " lookups";

    @TempDir static Path directory;
    private static Distribution.Server server;

    @BeforeAll
    static void start() {
        server =
                Distribution.start(
                        directory,
                        Map.of(),
                        "demo",
                        "--admin",
                        "--port",
                        Integer.toString(PORT),
                        "--admin-port",
                        Integer.toString(ADMIN_PORT),
                        "--dir",
                        directory.toString());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String bash(String script) {
        return Command.run(directory, "bash", "-c", script).output();
    }

    private static String curl(String role, String arguments) {
        return bash(
                "curl -sS -w '\\n%%{http_code}\\n' --cacert admin-ca.pem --cert client-%s.pem --key client-%s.key %s"
                        .formatted(role, role, arguments));
    }

    @Test
    @Requirement({"SS-01", "SS-09", "SS-18"})
    void the_order_of_issuance_in_the_guide_has_the_right_answer_after_every_step()
            throws IOException {
        List<String> examples =
                MarkdownDocument.of("responder/docs/api.md")
                        .section("## The order of issuance")
                        .blocks("sh");
        assertThat(examples.getFirst()).isEqualTo("precert-ocsp demo --admin\n");
        String script =
                examples.get(1)
                        .replace("8443", Integer.toString(ADMIN_PORT))
                        .replace("8080", Integer.toString(PORT));

        String said = bash(script);

        assertThat(said)
                .containsSubsequence(
                        "\"outcome\":\"added\"",
                        "\"state\":\"announced\"",
                        "trylater (3)",
                        "\"outcome\":\"changed\"",
                        "\"state\":\"good\"",
                        "Response verify OK",
                        "new-precertificate.pem: good",
                        "\"outcome\":\"changed\"",
                        "\"state\":\"good\"",
                        "Response verify OK",
                        "new.pem: good");
        assertThat(said).doesNotContain("problems/");
    }

    @ParameterizedTest
    @CsvSource({
        "issuer, announcements cancellations certificates loads/certificates",
        "revoker, revocations amendments loads/crl",
        "viewer, lookups",
        "operator, " + ALL
    })
    void a_role_may_do_its_own_and_is_refused_all_else(String role, String its) {
        List<String> permitted = List.of(its.split(" "));

        Map<String, String> statuses = post(role, List.of(ALL.split(" ")));

        assertThat(statuses).hasSize(ALL.split(" ").length);
        statuses.forEach(
                (path, status) -> {
                    if (permitted.contains(path)) {
                        assertThat(status).as(path).isNotEqualTo("403");
                    } else {
                        assertThat(status).as(path).isEqualTo("403");
                    }
                });
        assertThat(curl(role, API + "/v1/issuers"))
                .contains(permitted.contains("lookups") ? "\n200\n" : "\n403\n");
    }

    /// Sends an empty object everywhere. What is permitted finds a field missing, at the latest.
    ///
    /// @return HTTP statuses by path
    private static Map<String, String> post(String role, List<String> paths) {
        String urls = paths.stream().map(it -> API + "/v1/" + it).collect(Collectors.joining(" "));
        String said = curl(role, "-X POST -d '{}' -w '\n%{url_effective} %{http_code}\n' " + urls);
        Map<String, String> statuses = new LinkedHashMap<>();
        said.lines()
                .filter(line -> line.startsWith(API))
                .map(line -> line.substring(API.length() + "/v1/".length()).split(" ", 2))
                .forEach(line -> statuses.put(line[0], line[1]));
        return statuses;
    }

    @Test
    void a_refusal_is_a_problem_that_says_so() {
        assertThat(curl("viewer", "-i -X POST -d '{}' " + API + "/v1/announcements"))
                .contains("HTTP/1.1 403", "application/problem+json", "/v1/problems/forbidden");
    }

    @Test
    void what_demo_prints_about_the_private_api_works_as_pasted() {
        String commands =
                server.said()
                        .lines()
                        .filter(line -> line.startsWith("  curl ") && line.contains(API))
                        .collect(Collectors.joining("\n"));

        assertThat(bash(commands))
                .containsSubsequence(
                        "\"announced\"", "cancelled", "\"revoked\"", "superseded", "\"openapi\"")
                .doesNotContain("\"type\":\"/v1/problems/");
    }

    @Test
    @Requirement("LG-14")
    void a_request_without_a_certificate_gets_nowhere() {
        Command.Result result =
                Command.run(
                        directory, "curl", "-sS", "--cacert", "admin-ca.pem", API + "/v1/issuers");

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.output()).contains("certificate required");
    }

    @Test
    @Requirement({"SS-10", "TF-15", "CR-11", "CR-12", "SA-11"})
    void commands_revoke_and_amend_and_the_answer_follows() {
        String serial =
                bash("openssl x509 -in precertificate.pem -noout -serial | cut -d= -f2").strip();

        assertThat(command("revoker", "revoke", "--reason", "superseded", serial))
                .contains("revoked (changed");
        assertThat(ask()).contains("precertificate.pem: revoked", "Reason: superseded");
        assertThat(
                        command(
                                "revoker",
                                "amend",
                                "--reason",
                                "keyCompromise",
                                "--date",
                                "2026-01-01T00:00:00Z",
                                serial))
                .contains("reason superseded", "keyCompromise)");
        assertThat(ask())
                .contains("Reason: keyCompromise", "Revocation Time: Jan  1 00:00:00 2026 GMT");
        assertThat(command("issuer", "announce", "5a17")).contains("5a17: announced (added)");
        assertThat(askFor("0x5a17")).contains("trylater (3)");
        assertThat(command("issuer", "announce", "--cancel", "5a17")).contains("unassigned");
        assertThat(askFor("0x5a17")).contains("unauthorized (6)");
        assertThat(command("issuer", "revoke", "--reason", "superseded", "5a17"))
                .contains("rejected", "role operator or revoker");
    }

    @Test
    void files_are_loaded_from_another_machine() {
        String said =
                Distribution.run(
                                directory,
                                Map.of(),
                                words(
                                        "revoker",
                                        List.of("load", "crl"),
                                        List.of("revocations.crl")))
                        .output();

        assertThat(said).contains("revocations.crl: 0 added, 0 changed, 1 unchanged");
    }

    @Test
    @Requirement({"LG-01", "LG-04", "KP-09", "IS-07"})
    void audit_commands_tell_what_was_done_while_the_server_runs() {
        String serial =
                bash("openssl x509 -in precertificate.pem -noout -serial | cut -d= -f2").strip();
        assertThat(ask()).contains("precertificate.pem: ");

        audit("verify").exits(0);
        Command.Result changes = audit("changes", "--serial", serial);
        changes.exits(0);
        assertThat(changes.output()).contains("assigned by precertificate", "from ");
        assertThat(audit("signatures", "--serial", serial).output())
                .contains(serial.toLowerCase(Locale.ROOT), "signature ");
        assertThat(audit("signatures", "--redact").output())
                .contains("signature ")
                .doesNotContain(serial.toLowerCase(Locale.ROOT));
        Command.Result prune = audit("prune", "--before", "2020-01-01", "--dry-run");
        prune.exits(0);
        prune = audit("prune", "--before", "2020-01-01");
        prune.exits(3);
        assertThat(prune.output()).contains("stop the server first");
    }

    private static Command.Result audit(String command, String... arguments) {
        List<String> words = new ArrayList<>(List.of("audit", command, "-c", "precert-ocsp.yaml"));
        words.addAll(List.of(arguments));
        return Distribution.run(directory, words.toArray(String[]::new));
    }

    private static String ask() {
        return new OpenSsl(directory).ask(server.url(), "-cert", "precertificate.pem");
    }

    private static String askFor(String serial) {
        return new OpenSsl(directory).ask(server.url(), "-serial", serial);
    }

    private static String command(String role, String name, String... arguments) {
        return Distribution.run(
                        directory,
                        Map.of("LC_ALL", "C.UTF-8"),
                        words(role, List.of(name, "--issuer-name", "demo"), List.of(arguments)))
                .output();
    }

    private static String[] words(String role, List<String> first, List<String> last) {
        List<String> words = new ArrayList<>(first);
        words.addAll(
                List.of(
                        "--server",
                        API,
                        "--cacert",
                        "admin-ca.pem",
                        "--cert",
                        "client-" + role + ".pem",
                        "--key",
                        "client-" + role + ".key"));
        words.addAll(last);
        return words.toArray(String[]::new);
    }
}
