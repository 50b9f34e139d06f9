package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditService;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.cli.ServerLauncher;
import org.precertocsp.responder.cli.StartupException;
import org.precertocsp.responder.config.ServerConfig;

/// Store and audit log put back to earlier states, erased, and restored from a backup: nothing
/// acknowledged is answered otherwise, and it is told.
final class StateLossFaultTest extends InstalledServers {
    private static final String SERVER = "server";

    @BeforeEach
    void install() throws IOException {
        install(SERVER, "http: {listen: [\"127.0.0.1:0\"]}\n");
    }

    private Path file() {
        return file(SERVER);
    }

    private Path store() {
        return store(SERVER);
    }

    private Path audit() {
        return audit(SERVER);
    }

    private void load(String... rows) throws IOException {
        loadInto(SERVER, rows);
    }

    private List<Alert> open(Incident.Kind kind) throws Exception {
        return open(SERVER, kind);
    }

    private ServerConfig config() throws Exception {
        return config(SERVER);
    }

    private boolean isRevoked(int serial) throws Exception {
        try (RunningServer running = serve(SERVER)) {
            return isRevoked(running, serial);
        }
    }

    private void refused(String... words) {
        assertThatThrownBy(() -> serve(SERVER).close())
                .isInstanceOf(StartupException.class)
                .hasMessageContainingAll(words);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /// All files with their times and contents.
    private Map<String, String> files() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory.resolve(SERVER))) {
            for (Path file : files.toList()) {
                FileTime time = Files.getLastModifiedTime(file);
                all.put(
                        file.toString(),
                        time
                                + (Files.isRegularFile(file)
                                        ? ByteString.of(Files.readAllBytes(file)).toString()
                                        : ""));
            }
        }
        return all;
    }

    @Test
    @Requirement("SA-11")
    void earlier_store_beside_a_newer_audit_log_answers_nothing_until_replayed() throws Exception {
        load(good(1), good(2), good(3));
        copy(store(), directory.resolve("earlier"));
        load(revoked(1), good(4));
        load(revoked(2));
        delete(store());
        copy(directory.resolve("earlier"), store());

        refused("lacks 2 sets with 3 changes", "precert-ocsp audit replay -c " + file());
        assertThat(open(Incident.Kind.STATE_LOST)).hasSize(1);
        assertThat(run("load", "csv", "-c", file().toString(), "--issuer", issuer(), rows()))
                .isEqualTo(3);
        assertThat(output).contains("lacks 2 sets");
        Map<String, String> before = files();
        assertThat(run("audit", "replay", "-c", file().toString(), "--dry-run")).isEqualTo(1);
        assertThat(output).contains("lacks 2 sets with 3 changes", "nothing was changed");
        assertThat(files()).isEqualTo(before);

        assertThat(run("audit", "replay", "-c", file().toString())).as(output).isZero();
        assertThat(output).contains("2 sets with 3 changes were applied");
        assertThat(run("audit", "replay", "-c", file().toString())).isZero();
        assertThat(output).contains("lacks nothing");
        try (RunningServer running = serve(SERVER)) {
            assertThat(isRevoked(running, 1)).isTrue();
            assertThat(isRevoked(running, 2)).isTrue();
            assertThat(isRevoked(running, 3)).isFalse();
            assertThat(isRevoked(running, 4)).isFalse();
        }
        assertThat(open(Incident.Kind.STATE_LOST)).isEmpty();
        assertThat(run("audit", "verify", "-c", file().toString())).as(output).isZero();
    }

    private String rows() {
        return directory.resolve("rows.csv").toString();
    }

    @Test
    @Requirement("SA-11")
    void store_and_audit_log_that_are_both_put_back_are_known_by_what_the_alerts_folder_remembers()
            throws Exception {
        load(good(1));
        isRevoked(1);
        copy(store(), directory.resolve("store"));
        copy(audit(), directory.resolve("audit"));
        load(revoked(1));
        assertThat(isRevoked(1)).isTrue();
        delete(store());
        delete(audit());
        copy(directory.resolve("store"), store());
        copy(directory.resolve("audit"), audit());

        refused("both of an earlier state", "restore the newest backup", "--new-store");
        assertThat(open(Incident.Kind.STATE_LOST)).hasSize(1);
        run("status", "-c", file().toString(), "--issuer", issuer(), "01");
        assertThat(output).contains("warning", "both of an earlier state");
        assertThat(run("load", "csv", "-c", file().toString(), "--issuer", issuer(), rows()))
                .isEqualTo(3);

        new Wiring(CLOCK)
                .launcher()
                .start(config(), Set.of(ServerLauncher.Accepted.NEW_STORE))
                .close();
        load(revoked(1));
        assertThat(isRevoked(1)).isTrue();
    }

    @Test
    @Requirement("SA-11")
    void store_and_audit_log_that_are_both_missing_are_not_a_first_start() throws Exception {
        load(revoked(1));
        isRevoked(1);
        delete(store());
        delete(audit());

        refused("both empty or missing", "Mount their volumes", "--new-store");
        assertThat(store()).doesNotExist();
        assertThat(run("load", "csv", "-c", file().toString(), "--issuer", issuer(), rows()))
                .isEqualTo(3);
        assertThat(store()).doesNotExist();

        new Wiring(CLOCK)
                .launcher()
                .start(config(), Set.of(ServerLauncher.Accepted.NEW_STORE))
                .close();
        load(revoked(1));
        assertThat(isRevoked(1)).isTrue();
    }

    @Test
    void damaged_memory_of_the_newest_set_and_a_log_begun_anew_keep_no_server_from_starting()
            throws Exception {
        load(revoked(1));
        isRevoked(1);
        Files.writeString(alerts(SERVER).resolve("newest-set"), "set 1 mark");
        assertThat(isRevoked(1)).isTrue();
        Path kept = alerts(SERVER).resolve("newest-set");
        byte[] earlier = Files.readAllBytes(kept);
        load(revoked(2));
        delete(audit());
        assertThat(isRevoked(2)).isTrue();
        Files.write(kept, earlier);

        assertThat(isRevoked(2)).isTrue();
    }

    @Test
    void damaged_key_of_the_audit_log_is_an_alert_with_the_way_back() throws Exception {
        load(good(1));
        isRevoked(1);
        Path key = audit().resolve("key.pem");
        byte[] whole = Files.readAllBytes(key);
        for (int length : new int[] {0, 13, 78}) {
            Files.write(key, Arrays.copyOf(whole, length));
            refused("key.pem", "restore it from a backup", "move it away");
            assertThat(open(Incident.Kind.AUDIT_FAILED))
                    .singleElement()
                    .satisfies(it -> assertThat(it.what()).contains("does not start", "key.pem"));
        }
        Files.write(key, whole);

        assertThat(isRevoked(1)).isFalse();
        assertThat(open(Incident.Kind.AUDIT_FAILED)).isEmpty();
    }

    @Test
    void searches_in_a_damaged_or_missing_audit_log_say_that_they_may_not_find_all()
            throws Exception {
        load(good(1));
        isRevoked(1);
        String file = file().toString();
        String[] changes = {"audit", "changes", "-c", file, "--serial", "01"};
        String[] signatures = {"audit", "signatures", "-c", file};
        assertThat(run(changes)).as(output).isZero();
        assertThat(run(signatures)).as(output).isZero();
        for (String log : List.of("events", "signatures")) {
            Path records = audit().resolve(log).resolve("0000000000000000.jsonl");
            byte[] bytes = Files.readAllBytes(records);
            bytes[1] ^= 4;
            Files.write(records, bytes);
        }

        assertThat(run(changes)).isEqualTo(3);
        assertThat(output).contains("assigned", "may not be all", "=1}", "audit verify");
        assertThat(run(signatures)).isEqualTo(3);
        assertThat(output).contains("may not be all", "=1}", "audit verify");
        delete(audit());
        assertThat(run(changes)).isEqualTo(3);
        assertThat(output).contains("there is no audit log in");
        assertThat(run(signatures)).isEqualTo(3);
        assertThat(output).contains("there is no audit log in");
        assertThat(run("audit", "prune", "-c", file, "--before", "2024-01-01", "--dry-run"))
                .isEqualTo(3);
        assertThat(output).contains("there is no audit log in");
    }

    @Test
    void commands_that_read_the_store_say_what_it_lacks_of_the_audit_log() throws Exception {
        load(good(1));
        copy(store(), directory.resolve("earlier"));
        load(revoked(1));
        load(good(2));
        String file = file().toString();
        run("status", "-c", file, "--issuer", issuer(), "01");
        assertThat(output).contains("revoked").doesNotContain("warning");
        delete(store());
        copy(directory.resolve("earlier"), store());
        Map<String, String> before = files();

        run("status", "-c", file, "--issuer", issuer(), "01");
        assertThat(output).contains("warning: the store in", "lacks 2 sets", "audit replay -c");
        assertThat(run("reconcile", "-c", file, "--no-progress")).isNotZero();
        assertThat(output).contains("warning: the store in", "lacks 2 sets", "audit replay -c");
        assertThat(run("load", "csv", "--dry-run", "-c", file, "--issuer", issuer(), rows()))
                .isEqualTo(3);
        assertThat(output).contains("lacks 2 sets", "audit replay -c");

        assertThat(files()).isEqualTo(before);
    }

    @Test
    @Requirement("SA-11")
    void missing_store_is_not_created_anew_and_can_be_rebuilt() throws Exception {
        load(good(1), good(2));
        load(revoked(1));
        delete(store());

        refused("is empty", "may not be mounted", "2 sets with 3 changes", "audit replay");
        assertThat(store()).doesNotExist();
        assertThat(open(Incident.Kind.STATE_LOST)).hasSize(1);
        assertThat(run("load", "csv", "-c", file().toString(), "--issuer", issuer(), rows()))
                .isEqualTo(3);
        assertThat(store()).doesNotExist();
        assertThat(run("audit", "replay", "-c", file().toString())).as(output).isZero();

        try (RunningServer running = serve(SERVER)) {
            assertThat(isRevoked(running, 1)).isTrue();
            assertThat(isRevoked(running, 2)).isFalse();
        }
    }

    @Test
    void empty_store_that_a_mount_point_left_is_refused_as_a_missing_one() throws Exception {
        load(good(1));
        load(revoked(1));
        delete(store());
        Files.createDirectory(store());

        refused("is empty", "audit replay");
    }

    @Test
    void an_operator_can_say_that_the_store_is_new_and_is_told_what_that_means() throws Exception {
        load(good(1));
        load(revoked(1));
        delete(store());

        new Wiring(CLOCK)
                .launcher()
                .start(config(), Set.of(ServerLauncher.Accepted.NEW_STORE))
                .close();

        assertThat(open(Incident.Kind.STATE_LOST))
                .singleElement()
                .satisfies(it -> assertThat(it.what()).contains("--new-store", "2 sets"));
        serve(SERVER).close();
        load(good(7));
        assertThat(isRevoked(7)).isFalse();
    }

    @Test
    void newest_set_alone_that_a_crash_kept_from_the_store_is_applied_again() throws Exception {
        loseNewestSet();

        assertThat(isRevoked(1)).isTrue();
        assertThat(isRevoked(1)).isTrue();
    }

    @Test
    void very_first_set_is_applied_again_to_the_store_that_a_crash_kept_it_from() throws Exception {
        serve(SERVER).close();
        copy(store(), directory.resolve("earlier"));
        load(revoked(1));
        restoreEarlier();

        load(good(2));

        assertThat(isRevoked(1)).isTrue();
        assertThat(isRevoked(2)).isFalse();
    }

    /// A loaded server or command may be killed at any moment, also while it repairs.
    @Test
    void newest_set_is_applied_again_though_an_earlier_attempt_to_do_so_was_killed()
            throws Exception {
        loseNewestSet();
        assertThat(run("audit", "replay", "-c", file().toString())).as(output).isZero();
        restoreEarlier();

        load(good(2));

        assertThat(isRevoked(1)).isTrue();
        assertThat(isRevoked(2)).isFalse();
    }

    /// An alert is recorded by another thread, and a server that stops leaves a long load alone.
    @ParameterizedTest
    @EnumSource(
            value = AuditEvent.Kind.class,
            names = {"ALERT", "STOP"})
    void newest_set_is_applied_again_whatever_was_recorded_while_it_was_written(
            AuditEvent.Kind kind) throws Exception {
        loseNewestSet();
        AuditService.trailOffline(config().auditSettings(), CLOCK)
                .record(new AuditEvent(kind, "precert-ocsp", Map.of()));

        load(good(2));

        assertThat(isRevoked(1)).isTrue();
        assertThat(isRevoked(2)).isFalse();
    }

    @Test
    void newest_set_that_a_server_had_when_it_started_is_not_merely_interrupted() throws Exception {
        load(good(1));
        copy(store(), directory.resolve("earlier"));
        load(revoked(1));
        assertThat(isRevoked(1)).isTrue();
        restoreEarlier();

        refused("lacks 1 sets with 1 changes", "precert-ocsp audit replay -c " + file());
    }

    private void loseNewestSet() throws IOException {
        load(good(1));
        copy(store(), directory.resolve("earlier"));
        load(revoked(1));
        restoreEarlier();
    }

    private void restoreEarlier() throws IOException {
        delete(store());
        copy(directory.resolve("earlier"), store());
    }

    @Test
    void commands_refuse_an_audit_log_that_was_erased_and_only_the_server_begins_another()
            throws Exception {
        load(good(1));
        isRevoked(1);
        load(revoked(1));
        delete(audit());

        assertThat(run("audit", "prune", "-c", file().toString(), "--before", "2024-01-01"))
                .isEqualTo(3);
        assertThat(run("load", "csv", "-c", file().toString(), "--issuer", issuer(), rows()))
                .isEqualTo(3);
        assertThat(output).contains("start the server");
        assertThat(audit()).doesNotExist();
        assertThat(run("audit", "verify", "-c", file().toString())).isEqualTo(1);

        assertThat(isRevoked(1)).isTrue();
        List<Alert> alerts = open(Incident.Kind.AUDIT_TAMPERED);
        assertThat(alerts).isNotEmpty();
        assertThat(isRevoked(1)).isTrue();
        assertThat(run("audit", "verify", "-c", file().toString())).isEqualTo(1);
        assertThat(output).contains("begun anew", "acknowledge");
        for (Alert alert : alerts) {
            assertThat(run("alerts", "ack", "-c", file().toString(), "--by", "ann", alert.id()))
                    .as(output)
                    .isZero();
        }
        assertThat(run("audit", "verify", "-c", file().toString())).as(output).isZero();
        assertThat(output).contains("acknowledged by ann");
    }

    @Test
    void earlier_audit_log_beside_a_newer_store_is_an_alert() throws Exception {
        load(good(1));
        copy(audit(), directory.resolve("earlier"));
        load(revoked(1));
        delete(audit());
        copy(directory.resolve("earlier"), audit());

        assertThat(run("load", "csv", "-c", file().toString(), "--issuer", issuer(), rows()))
                .isEqualTo(3);
        assertThat(isRevoked(1)).isTrue();
        assertThat(open(Incident.Kind.AUDIT_TAMPERED)).isNotEmpty();
        assertThat(run("audit", "verify", "-c", file().toString())).isEqualTo(1);
    }

    @Test
    void commands_that_only_look_change_no_file() throws Exception {
        load(good(1), revoked(2));
        isRevoked(1);
        String file = file().toString();
        Map<String, String> before = files();

        run("audit", "verify", "-c", file);
        run("audit", "changes", "-c", file, "--serial", "02");
        run("audit", "signatures", "-c", file);
        run("audit", "prune", "-c", file, "--before", "2024-01-01", "--dry-run");
        assertThat(output).contains("no file is that old");
        run("audit", "replay", "-c", file, "--dry-run");
        run("status", "-c", file, "--issuer", issuer(), "02");
        run("alerts", "list", "-c", file);
        run("report", "unassigned", "-c", file);
        run("config", "check", "-c", file);
        run("load", "csv", "--dry-run", "-c", file, "--issuer", issuer(), rows());
        assertThat(output).contains("dry run", "3 unchanged");

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void dry_run_before_the_first_load_creates_nothing() throws Exception {
        Path csv = writeRows(good(1));
        Map<String, String> before = files();

        assertThat(
                        run(
                                "load",
                                "csv",
                                "--dry-run",
                                "-c",
                                file().toString(),
                                "--issuer",
                                issuer(),
                                csv.toString()))
                .as(output)
                .isZero();

        assertThat(output).contains("dry run", "1 added");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void what_readme_says_to_copy_is_a_whole_backup() throws Exception {
        load(good(1), good(2));
        load(revoked(1));
        assertThat(isRevoked(1)).isTrue();
        copy(directory.resolve(SERVER), directory.resolve("backup"));
        load(revoked(2));
        delete(directory.resolve(SERVER));
        copy(directory.resolve("backup"), directory.resolve(SERVER));

        try (RunningServer running = serve(SERVER)) {
            assertThat(isRevoked(running, 1)).isTrue();
            assertThat(isRevoked(running, 2)).isFalse();
        }
        assertThat(run("audit", "verify", "-c", file().toString())).as(output).isZero();
        assertThat(open(Incident.Kind.STATE_LOST)).isEmpty();
        assertThat(open(Incident.Kind.AUDIT_TAMPERED)).isEmpty();
    }
}
