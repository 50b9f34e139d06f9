package org.precertocsp.responder.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.precertocsp.TestWait.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.spool.SpoolWatcher;
import org.precertocsp.responder.status.ChangeSource;

@Timeout(120)
final class LoadCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T10:00:00Z"));
    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    private CommandEnvironment.Pause pause = clock::pass;
    private boolean onTerminal;
    private byte[] input = new byte[0];

    @TempDir Path folder;
    private FakeCommandContext services = new FakeCommandContext(Path.of(""));

    @BeforeEach
    void configure() {
        services = new FakeCommandContext(folder);
    }

    @Test
    void a_clean_load_says_what_changed_and_exits_with_zero() throws Exception {
        CommandRun run = load("csv", file("a.csv", "assign 0a\nassign 0b\n"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("a.csv: 2 added, 0 changed, 0 unchanged\n")
                .contains("total: 1 file; 2 added, 0 changed, 0 unchanged\n");
        assertThat(services.store.serials()).containsExactly("0a", "0b");
    }

    @Test
    void every_refused_record_is_told_with_file_place_and_reason() throws Exception {
        String good = file("good.csv", "assign 0a\nrefuse no \u001b[31mdate\nwarn odd\n");
        String bad = file("bad.csv", "stop it is not a list\n");

        CommandRun run = load("csv", good, bad);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("good.csv: 1 added, 0 changed, 0 unchanged; 1 rejected, 1 warning")
                .contains("  rejected " + good + ", line 2: no ·[31mdate")
                .contains("  warning  " + good + ", line 3: odd")
                .contains("bad.csv: rejected, nothing of it was loaded: it is not a list")
                .contains("total: 2 files, 1 rejected whole;");
    }

    @Test
    void a_warning_alone_is_no_failure() throws Exception {
        assertThat(load("csv", file("a.csv", "revoke 0a\n")).exitCode()).isZero();
    }

    @Test
    void strict_and_dry_run_say_what_they_do_and_leave_the_store_alone() throws Exception {
        String list = file("a.csv", "assign 0a\nrefuse no date\n");

        CommandRun strict = load("csv", "--strict", list);
        CommandRun dry = load("csv", "--dry-run", list);

        assertThat(strict.exitCode()).isEqualTo(1);
        assertThat(strict.out()).contains("nothing of it was loaded: 1 rejected", "no date");
        assertThat(dry.exitCode()).isEqualTo(1);
        assertThat(dry.out())
                .contains("a.csv (dry run): 1 added", "would be loaded", "nothing was written");
        assertThat(services.store.serials()).isEmpty();
        assertThat(load("csv", list).out()).contains("is left out, the rest of the file is loaded");
        assertThat(services.store.serials()).containsExactly("0a");
    }

    @Test
    void strict_and_dry_run_travel_to_the_running_server() throws Exception {
        String list = file("a.csv", "assign 0a\nrefuse no date\n");
        pause = Thread::sleep;

        try (SpoolWatcher watcher = services.serve(Duration.ofMillis(10))) {
            CommandRun strict = load("csv", "--strict", list);
            CommandRun dry = load("csv", "--dry-run", list);

            assertThat(strict.exitCode()).isEqualTo(1);
            assertThat(strict.out()).contains("nothing of it was loaded: 1 rejected");
            assertThat(dry.out()).contains("a.csv (dry run): 1 added", "nothing was written");
            assertThat(services.store.serials()).isEmpty();
            assertThat(watcher.state().problems()).isEmpty();
        }
    }

    @Test
    void options_of_other_kinds_and_bad_mappings_are_wrong_usage() throws Exception {
        String list = file("a.crl", "assign 0a\n");

        assertThat(load("crl", "--column", "serial=Serial", list).err())
                .contains("--column is not for crl");
        assertThat(load("crl", "--hex-serials", list).exitCode()).isEqualTo(2);
        assertThat(load("certificates", "--new-serials", list).exitCode()).isEqualTo(2);
        assertThat(load("csv", "--column", "serial", list).err()).contains("NAME=HEADER");
        assertThat(load("csv", "--column", "serial=A", "--column", "status=B", list).exitCode())
                .isZero();
    }

    @Test
    void what_stays_good_and_what_nobody_announced_is_said() throws Exception {
        load("csv", file("a.csv", "assign 0a\nrevoke 0b\n"));

        CommandRun run = load("csv", file("b.csv", "unrevoked 0a\nrevoke 0c\n"));

        assertThat(run.out())
                .contains("STILL ANSWERED good, though the file says revoked: 0a")
                .contains("1 revoked that nobody had announced");
    }

    @Test
    void json_is_one_object_with_files_and_totals() throws Exception {
        CommandRun run = load("csv", "--json", file("a.csv", "assign 0a\nrefuse no date\n"));

        JsonNode json = JSON.readTree(run.out());
        assertThat(run.out().lines()).hasSize(1);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(json.at("/files/0/kind").asText()).isEqualTo("csv");
        assertThat(json.at("/files/0/reports/0/place").asText()).isEqualTo("line 2");
        assertThat(json.at("/files/0/refusedFile").isNull()).isTrue();
        assertThat(json.at("/totals/added").asInt()).isEqualTo(1);
        assertThat(json.at("/totals/refused").asInt()).isEqualTo(1);
        assertThat(json.at("/error").isNull()).isTrue();
    }

    @Test
    void folders_are_searched_for_certificates_and_the_rest_is_told() throws Exception {
        file("pki/b.pem", "assign 02\nby PSC\n");
        file("pki/a/a.CRT", "assign 01\n");
        file("pki/psc.der", "signer PSC\n");
        file("pki/readme.txt", "assign 03\n");
        Files.createSymbolicLink(folder.resolve("pki/c.cer"), Path.of(file("c", "assign 04\n")));
        Files.createSymbolicLink(folder.resolve("pki/round"), folder.resolve("pki"));

        CommandRun run = load("certificates", folder.resolve("pki").toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("total: 4 files;")
                .contains("  " + folder + "/pki/readme.txt");
        assertThat(services.store.serials()).containsExactly("01", "02", "04");
    }

    @Test
    void standard_input_is_read_like_a_file_and_leaves_no_copy() throws Exception {
        input = "assign 0a\n".getBytes(UTF_8);

        CommandRun run = load("certificates", "-");

        assertThat(run.exitCode()).isZero();
        assertThat(services.store.committed().stream().map(ChangeSource::name))
                .containsExactly("stdin");
    }

    @Test
    void a_pipe_without_end_is_refused_at_its_limit() throws Exception {
        try (LoadInputs inputs =
                new LoadInputs(FeedKind.CSV, new ByteArrayInputStream(new byte[101]), 100)) {
            assertThatExceptionOfType(CommandException.class)
                    .isThrownBy(() -> inputs.add("-"))
                    .withMessageContaining("longer than 100 bytes");
        }
    }

    @Test
    void a_mistyped_name_loads_nothing_at_all() throws Exception {
        CommandRun run = load("csv", file("a.csv", "assign 0a\n"), folder + "/b.csv");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("b.csv cannot be read: no such file");
        assertThat(services.store.serials()).isEmpty();
    }

    @Test
    void a_failing_store_is_told_with_what_was_loaded_before() throws Exception {
        services.store.fail(true);

        CommandRun run = load("csv", "--json", file("a.csv", "assign 0a\n"));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(JSON.readTree(run.out()).at("/error").asText()).contains("the disk is full");
        assertThat(run.err()).contains("the disk is full");
    }

    @Test
    void the_issuer_is_found_by_its_certificate_in_pem_and_der() throws Exception {
        Path pem = TestCa.write(folder.resolve("issuer.pem"), services.ca.holder());
        Path der = folder.resolve("issuer.der");
        Files.write(der, services.ca.der().toArray());

        for (Path issuer : List.of(pem, der)) {
            CommandRun run =
                    load("index", "--issuer", issuer.toString(), file("i.txt", "assign 0a\n"));
            assertThat(run.err()).isEmpty();
            assertThat(run.exitCode()).isZero();
        }
    }

    @Test
    void an_issuer_not_configured_is_told_with_those_that_are() throws Exception {
        Path stranger =
                TestCa.write(folder.resolve("stranger.pem"), TestCa.root("Stranger").holder());
        Path garbage = Files.writeString(folder.resolve("garbage.pem"), "garbage");

        CommandRun run =
                load("index", "--issuer", stranger.toString(), file("i.txt", "assign 0a\n"));
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("CN=Stranger", "not a configured issuer", "first (");
        assertThat(load("index", "--issuer", garbage.toString(), file("i.txt", "")).err())
                .contains("holds no certificate");
    }

    @Test
    void wrong_usage_exits_with_two() throws Exception {
        String list = file("a.csv", "");

        assertThat(load("index", list).exitCode()).isEqualTo(2);
        assertThat(load("index", list).err()).contains("name the issuer with --issuer");
        assertThat(load("csv").exitCode()).isEqualTo(2);
        assertThat(load("csv", "-", "-").exitCode()).isEqualTo(2);
        assertThat(load("csv", "--wait", "soon", list).err()).contains("90s, 10m or 1h");
        assertThat(run("load").exitCode()).isEqualTo(2);
        assertThat(run("load", "csv", list).exitCode()).isEqualTo(2);
    }

    @Test
    void a_bad_configuration_exits_with_three() throws Exception {
        CommandRun run = run("load", "csv", "-c", "bad.yaml", file("a.csv", ""));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("bad.yaml line 3");
    }

    @Test
    void a_store_in_use_by_another_load_is_waited_for() throws Exception {
        services.lock(3);

        CommandRun run = load("csv", file("a.csv", "assign 0a\n"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("waiting: the store is in use");
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-11-21T10:00:00.75Z"));
    }

    @Test
    void a_store_in_use_for_too_long_is_told_with_a_remedy() throws Exception {
        services.lock(FakeCommandContext.FOR_EVER);

        CommandRun run = load("csv", "--wait", "90s", file("a.csv", "assign 0a\n"));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("/store is open", "not by a server that watches", "nothing");
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-11-21T10:01:30Z"));
    }

    @Test
    void the_result_is_the_same_through_a_running_server() throws Exception {
        String[] files = {
            file("psc.pem", "by PSC\nassign 0a\nrefuse no date\n"),
            file("second.pem", "signer PSC\nrevoke 0a\nrevoke 0b\n"),
            file("third.pem", "stop all of it is wrong\n")
        };
        CommandRun alone = loadJson(files);
        FakeCommandContext direct = services;
        services = new FakeCommandContext(folder);
        pause = Thread::sleep;

        CommandRun through;
        try (SpoolWatcher watcher = services.serve(Duration.ofMillis(10))) {
            through = loadJson(files);
            assertThat(watcher.state().problems()).isEmpty();
        }

        assertThat(JSON.readTree(through.out())).isEqualTo(JSON.readTree(alone.out()));
        assertThat(through.exitCode()).isEqualTo(alone.exitCode()).isEqualTo(1);
        assertThat(services.store.serials()).isEqualTo(direct.store.serials());
    }

    @Test
    void the_issuer_named_travels_to_the_server() throws Exception {
        Path issuer = TestCa.write(folder.resolve("issuer.pem"), services.ca.holder());
        pause = Thread::sleep;

        try (SpoolWatcher watcher = services.serve(Duration.ofMillis(10))) {
            CommandRun run =
                    load("index", "--issuer", issuer.toString(), file("i.txt", "assign 0a\n"));
            assertThat(run.exitCode()).isZero();
            assertThat(run.err()).contains("waiting for the running server to load 1 file");
            assertThat(watcher.state().problems()).isEmpty();
        }
        assertThat(services.store.serials()).containsExactly("0a");
    }

    @Test
    void a_server_that_gives_no_result_leaves_the_files_queued() throws Exception {
        try (SpoolWatcher watcher = services.serve(Duration.ofHours(1))) {
            awaitFirstLook(watcher);

            CommandRun run = load("csv", "--wait", "90s", file("a.csv", "assign 0a\n"));

            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.err()).contains("no result for 90 s", "stay queued", "--wait");
        }
        assertThat(folder.resolve("spool/csv")).isNotEmptyDirectory();
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-11-21T10:01:30Z"));
    }

    @Test
    void progress_is_drawn_on_a_terminal_and_nowhere_else() throws Exception {
        String list = file("a.csv", "assign 0a\n".repeat(100));
        load("csv", list);
        assertThat(terminal.toString(UTF_8)).isEmpty();

        onTerminal = true;
        load("csv", "--json", list);
        load("csv", "--no-progress", list);
        assertThat(terminal.toString(UTF_8)).isEmpty();

        CommandRun run = load("csv", list);
        assertThat(terminal.toString(UTF_8)).contains("loading").contains("1 of 1").contains("%");
        assertThat(run.out()).doesNotContain("loading");
    }

    @Test
    void waiting_for_the_server_shows_on_a_terminal() throws Exception {
        onTerminal = true;
        try (SpoolWatcher watcher = services.serve(Duration.ofHours(1))) {
            awaitFirstLook(watcher);

            load("csv", "--wait", "2s", file("a.csv", "assign 0a\n"));
        }
        assertThat(terminal.toString(UTF_8))
                .contains("waiting for the running server … 0 of 1 file, 1 s");
    }

    // What is sent after the first look stays, as the next is an hour away.
    private static void awaitFirstLook(SpoolWatcher watcher) {
        await(() -> watcher.state().lastLook().isPresent());
    }

    private CommandRun loadJson(String... files) {
        List<String> arguments = new ArrayList<>(List.of("--json"));
        arguments.addAll(List.of(files));
        return load("certificates", arguments.toArray(String[]::new));
    }

    private CommandRun load(String kind, String... arguments) {
        List<String> all = new ArrayList<>(List.of("load", kind, "-c", "good.yaml"));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    private CommandRun run(String... arguments) {
        Optional<PrintStream> screen =
                onTerminal ? Optional.of(new PrintStream(terminal, true, UTF_8)) : Optional.empty();
        CommandEnvironment surroundings =
                new CommandEnvironment(clock, new ByteArrayInputStream(input), screen, pause);
        return CommandRun.of(
                PrecertOcspCommand.of(LoadCommand.line(services, surroundings)), arguments);
    }

    private String file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling(".").normalize());
        return Files.writeString(file, content).toString();
    }
}
