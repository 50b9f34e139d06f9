package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.TestWait.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.precertocsp.FreePort;
import org.precertocsp.Requirement;
import org.precertocsp.SharedLibrary;
import org.precertocsp.TestJvm;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.cli.StartupException;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.io.ProcessLock;
import org.precertocsp.responder.store.StoreDump;

/// Backups of a server, made while it serves or not, and restored elsewhere or in its place: all
/// that was acknowledged is there, what is damaged is refused, and nothing half done looks whole.
final class BackupTest extends InstalledServers {
    private static final Path FAILING_SYNC = Path.of("responder/src/test/c/failing_sync.c");

    private final int api = FreePort.next();

    @BeforeEach
    void install() throws IOException {
        install("server");
        install("elsewhere");
    }

    private void install(String server) throws IOException {
        install(
                server,
                """
                spool: {poll: 50ms}
                http: {listen: ["127.0.0.1:%d"]}
                admin: {listen: "127.0.0.1:0", api: {listen: "127.0.0.1:%d", plain: true, role: operator}}
                """
                        .formatted(FreePort.next(), api));
    }

    private Path backup() {
        return directory.resolve("backup");
    }

    private int back(String... more) {
        return run(arguments(List.of("backup", "-c", file("server").toString()), more, backup()));
    }

    private int restore(String server, String... more) {
        return run(arguments(List.of("restore", "-c", file(server).toString()), more, backup()));
    }

    private static String[] arguments(List<String> command, String[] more, Path directory) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        all.add(directory.toString());
        return all.toArray(String[]::new);
    }

    private byte[] response(RunningServer running, int serial) throws Exception {
        CertificateID id =
                new CertificateID(
                        new JcaDigestCalculatorProviderBuilder()
                                .build()
                                .get(CertificateID.HASH_SHA1),
                        ca.holder(),
                        BigInteger.valueOf(serial));
        byte[] request = new OCSPReqBuilder().addRequest(id).build().getEncoded();
        URI uri = URI.create("http://127.0.0.1:" + running.addresses().getFirst().getPort() + "/");
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(uri)
                                    .header("Content-Type", "application/ocsp-request")
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray())
                    .body();
        }
    }

    /// The key is not in the backup: an operator keeps it elsewhere.
    private void putKey(String server) throws IOException {
        Files.createDirectories(audit(server));
        Files.copy(audit("server").resolve("key.pem"), audit(server).resolve("key.pem"));
    }

    private static Map<String, String> files(Path root) throws IOException {
        Map<String, String> all = new TreeMap<>();
        if (Files.isDirectory(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(it -> !it.equals(root)).toList()) {
                    all.put(
                            root.relativize(file).toString(),
                            Files.isRegularFile(file)
                                    ? ByteString.of(Files.readAllBytes(file)).toHex()
                                    : "");
                }
            }
        }
        return all;
    }

    private void assertVerified(String server) throws Exception {
        assertThat(run("audit", "verify", "-c", file(server).toString())).as(output).isZero();
        assertThat(run("audit", "replay", "-c", file(server).toString(), "--dry-run"))
                .as(output)
                .isZero();
        try (RunningServer _ = serve(server)) {
            assertThat(run("reconcile", "-c", file(server).toString(), "--no-progress"))
                    .as(output)
                    .isZero();
        }
    }

    /// Revokes serials through the API, each by itself, from several threads at once, until it is
    /// closed.
    private final class Revocations implements AutoCloseable {
        final ConcurrentLinkedQueue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean done = new AtomicBoolean();
        private final AtomicInteger next = new AtomicInteger();
        private final ExecutorService threads = Executors.newFixedThreadPool(4);
        private final List<Future<?>> running = new ArrayList<>();

        Revocations() {
            for (int i = 0; i < 4; i++) {
                running.add(
                        threads.submit(
                                () -> {
                                    revokeAll();
                                    return true;
                                }));
            }
        }

        private void revokeAll() throws IOException, InterruptedException {
            try (HttpClient http = HttpClient.newHttpClient()) {
                while (!done.get()) {
                    int serial = 1_000 + next.getAndIncrement();
                    String body =
                            """
                            {"issuer": "one", "serial": "%06x", "reason": "superseded", "unknownSerial": true}"""
                                    .formatted(serial);
                    HttpResponse<String> response =
                            http.send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "http://127.0.0.1:%d/v1/revocations"
                                                                    .formatted(api)))
                                            .header("Content-Type", "application/json")
                                            .POST(HttpRequest.BodyPublishers.ofString(body))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString());
                    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                    acknowledged.add(serial);
                }
            }
        }

        void awaitMore(int count) {
            int until = acknowledged.size() + count;
            await("revocations are acknowledged", () -> acknowledged.size() >= until);
        }

        @Override
        public void close() throws ExecutionException, TimeoutException {
            done.set(true);
            try {
                for (Future<?> thread : running) {
                    thread.get(1, TimeUnit.MINUTES);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    @Timeout(300)
    @Requirement("SA-11")
    void every_revocation_acknowledged_before_a_backup_began_is_in_it() throws Exception {
        List<Integer> before;
        int after;
        try (RunningServer _ = serve("server")) {
            try (Revocations revocations = new Revocations()) {
                revocations.awaitMore(100);
                before = List.copyOf(revocations.acknowledged);
                assertThat(back()).as(output).isZero();
                revocations.awaitMore(20);
                after = revocations.acknowledged.size();
            }
            assertThat(after).isGreaterThan(before.size());
            assertThat(store("server").resolve("backup")).doesNotExist();
            assertThat(audit("server").resolve("backup")).doesNotExist();
            assertThat(open("server", Incident.Kind.BACKUP_FAILED)).isEmpty();
        }
        assertThat(output).contains("everything acknowledged before", "Not in it", "key.pem");
        assertThat(run("audit", "verify", "-c", file("server").toString())).as(output).isZero();
        putKey("elsewhere");

        assertThat(restore("elsewhere")).as(output).isZero();

        assertThat(output).contains("Next steps", "revocations first");
        try (RunningServer running = serve("elsewhere")) {
            for (int serial : before) {
                assertThat(isRevoked(running, serial)).as("serial %d", serial).isTrue();
            }
            assertThat(open("elsewhere", Incident.Kind.AUDIT_TAMPERED)).isEmpty();
            assertThat(open("elsewhere", Incident.Kind.STATE_LOST))
                    .singleElement()
                    .satisfies(
                            it ->
                                    assertThat(it.what())
                                            .contains("backup made at", "answered good"));
        }
        // It does not come back: a person acknowledges it.
        assertVerified("elsewhere");
    }

    @Test
    void restored_server_differs_in_nothing_and_sends_the_stored_responses() throws Exception {
        loadInto("server", good(1), good(2), revoked(3));
        byte[] first;
        try (RunningServer running = serve("server")) {
            first = response(running, 1);
        }
        assertThat(back("--json")).as(output).isZero();
        JsonNode report = Json.MAPPER.readTree(output);
        assertThat(report.path("files").asInt()).isPositive();
        putKey("elsewhere");

        assertThat(restore("elsewhere", "--json")).as(output).isZero();

        assertThat(Json.MAPPER.readTree(output).path("restored").asBoolean()).isTrue();
        assertThat(StoreDump.of(store("elsewhere"))).isEqualTo(StoreDump.of(store("server")));
        assertVerified("elsewhere");
        try (RunningServer running = serve("elsewhere")) {
            // A new signature would differ: ECDSA is random.
            assertThat(response(running, 1)).isEqualTo(first);
            assertThat(isRevoked(running, 3)).isTrue();
        }
        loadInto("elsewhere", good(4));
        assertVerified("elsewhere");
    }

    @Test
    void backup_has_no_private_key() throws Exception {
        loadInto("server", good(1));
        serve("server").close();
        assertThat(back()).as(output).isZero();

        try (Stream<Path> files = Files.walk(backup())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("PRIVATE KEY");
            }
        }
    }

    @Test
    void damaged_backup_is_refused_with_the_name_of_the_file_and_leaves_nothing() throws Exception {
        loadInto("server", good(1), revoked(2));
        serve("server").close();
        assertThat(back()).as(output).isZero();
        putKey("elsewhere");
        Map<String, String> untouched = files(directory.resolve("elsewhere"));
        List<Path> all;
        try (Stream<Path> files = Files.walk(backup())) {
            all = files.filter(Files::isRegularFile).toList();
        }
        assertThat(all).hasSizeGreaterThan(8);

        for (Path file : all) {
            byte[] bytes = Files.readAllBytes(file);
            for (byte[] damaged : damages(bytes)) {
                Files.write(file, damaged);
                assertThat(restore("elsewhere", "--check")).as("%s: %s", file, output).isOne();
                assertRefused(file, untouched);
            }
            Files.delete(file);
            assertRefused(file, untouched);
            Files.write(file, bytes);
        }
        Map<String, String> before = files(directory.resolve("elsewhere"));
        assertThat(restore("elsewhere", "--check")).as(output).isZero();
        assertThat(output).contains("complete and undamaged");
        assertThat(files(directory.resolve("elsewhere"))).isEqualTo(before);
        assertThat(restore("elsewhere")).as(output).isZero();
    }

    private static List<byte[]> damages(byte[] bytes) {
        List<byte[]> all = new ArrayList<>();
        if (bytes.length > 0) {
            byte[] flipped = bytes.clone();
            flipped[bytes.length / 2] ^= 1;
            all.add(flipped);
            all.add(Arrays.copyOf(bytes, bytes.length - 1));
        }
        return all;
    }

    private void assertRefused(Path file, Map<String, String> untouched) throws IOException {
        assertThat(restore("elsewhere")).as("%s: %s", file, output).isOne();
        assertThat(output).contains("backup.json".equals(name(file)) ? "backup" : name(file));
        Map<String, String> now = files(directory.resolve("elsewhere"));
        now.keySet().removeIf(it -> it.startsWith("store-alerts"));
        assertThat(now.keySet()).as(file.toString()).containsExactlyElementsOf(keys(untouched));
    }

    private static List<String> keys(Map<String, String> files) {
        return files.keySet().stream().filter(it -> !it.startsWith("store-alerts")).toList();
    }

    private static String name(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.equals("backup.json.sig") ? "backup.json" : name;
    }

    @Test
    void backup_of_a_newer_version_or_another_server_is_refused() throws Exception {
        loadInto("server", good(1));
        assertThat(back()).as(output).isZero();
        putKey("elsewhere");
        Path manifest = backup().resolve("backup.json");
        byte[] bytes = Files.readAllBytes(manifest);
        ObjectNode newer = (ObjectNode) Json.MAPPER.readTree(bytes);
        Files.write(manifest, Json.bytes(newer.put("format", 2).put("program", "9.1")));
        assertThat(restore("elsewhere")).isOne();
        assertThat(output).contains("format 2", "reads 1", "version 9.1");
        Files.write(manifest, bytes);

        Path key = audit("elsewhere").resolve("key.pem");
        Files.delete(key);
        assertThat(restore("elsewhere")).isOne();
        assertThat(output).contains("key of the audit log", key.toString(), "--audit-key-lost");
        loadInto("elsewhere", good(1));
        assertThat(restore("elsewhere")).isOne();
        assertThat(output).contains("signed with another key");
    }

    @Test
    void restore_overwrites_nothing() throws Exception {
        loadInto("server", good(1));
        assertThat(back()).as(output).isZero();
        assertThat(back()).isOne();
        assertThat(output).contains("has a backup already");
        Map<String, String> store = files(store("server"));

        assertThat(restore("server")).isOne();
        assertThat(output).contains("store", "is not empty");
        assertThat(files(store("server"))).isEqualTo(store);
        delete(store("server"));
        assertThat(restore("server")).isOne();
        assertThat(output).contains("there is an audit log in", "--store-only");
        assertThat(audit("server").resolve("events")).isNotEmptyDirectory();
    }

    @Test
    void backup_directory_must_be_empty_and_apart_from_the_servers() throws Exception {
        loadInto("server", good(1));
        Files.createDirectory(backup());
        Files.writeString(backup().resolve("other"), "");
        assertThat(back()).isOne();
        assertThat(output).contains("is not empty");

        String inside = store("server").resolve("mine").toString();
        assertThat(run("backup", "-c", file("server").toString(), inside)).isOne();
        assertThat(output).contains("must lie apart");
        assertThat(store("server").resolve("mine")).doesNotExist();
        assertThat(run("backup", "-c", file("elsewhere").toString(), directory + "/x"))
                .isEqualTo(3);
        assertThat(output).contains("no store");
        assertThat(store("elsewhere")).doesNotExist();
    }

    @Test
    void second_backup_at_the_same_time_is_refused() throws Exception {
        loadInto("server", good(1));
        Files.createDirectories(alerts("server"));
        try (ProcessLock _ =
                ProcessLock.tryTake(alerts("server").resolve("backup.lock"), Duration.ZERO)
                        .orElseThrow()) {
            assertThat(back()).isOne();
            assertThat(output).contains("another backup or restore", "in progress");
        }
        assertThat(back()).as(output).isZero();
    }

    /// Both directories may have been put back together: a third place knows better.
    @Test
    @Requirement("SA-11")
    void older_backup_than_the_server_is_known_to_have_had_must_be_accepted() throws Exception {
        loadInto("server", good(1), good(2));
        assertThat(back()).as(output).isZero();
        loadInto("server", revoked(2));
        serve("server").close();
        Path key = directory.resolve("key.pem");
        Files.copy(audit("server").resolve("key.pem"), key);
        delete(store("server"));
        delete(audit("server"));
        Files.createDirectory(audit("server"));
        Files.copy(key, audit("server").resolve("key.pem"));

        assertThat(restore("server")).isOne();
        assertThat(output).contains("this server had changes until", "--accept-older");
        assertThat(store("server").resolve("CURRENT")).doesNotExist();
        assertThat(audit("server").resolve("events")).doesNotExist();

        assertThat(restore("server", "--accept-older")).as(output).isZero();
        assertVerified("server");
        try (RunningServer running = serve("server")) {
            assertThat(isRevoked(running, 2)).isFalse();
            assertThat(open("server", Incident.Kind.STATE_LOST)).hasSize(1);
        }
        try (Stream<String> records =
                Files.lines(audit("server").resolve("events/0000000000000000.jsonl"))) {
            assertThat(records.filter(it -> it.contains("\"kind\":\"RESTORED\"")))
                    .singleElement()
                    .asString()
                    .contains("lostUntil", "madeAt", "precert-ocsp restore (user ");
        }
    }

    @Test
    @Requirement("SA-11")
    void store_restored_beside_a_log_that_was_not_lost_loses_nothing() throws Exception {
        loadInto("server", good(1), good(2));
        assertThat(back()).as(output).isZero();
        loadInto("server", revoked(2));
        loadInto("server", good(3));
        delete(store("server"));

        assertThat(restore("server", "--store-only")).as(output).isZero();

        assertThat(output).contains("audit replay", "2 sets with 2 changes");
        assertThatThrownBy(() -> serve("server").close())
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("lacks 2 sets");
        assertThat(run("audit", "replay", "-c", file("server").toString())).as(output).isZero();
        assertVerified("server");
        try (RunningServer running = serve("server")) {
            assertThat(isRevoked(running, 2)).isTrue();
            assertThat(isRevoked(running, 3)).isFalse();
            assertThat(open("server", Incident.Kind.STATE_LOST)).isEmpty();
        }
    }

    @Test
    void store_is_not_restored_beside_the_log_of_another() throws Exception {
        loadInto("server", good(1));
        assertThat(back()).as(output).isZero();
        putKey("elsewhere");
        loadInto("elsewhere", good(2));
        delete(store("elsewhere"));

        assertThat(restore("elsewhere", "--store-only")).isEqualTo(3);

        assertThat(output).contains("do not belong together");
        assertThat(store("elsewhere").resolve("CURRENT")).doesNotExist();
        assertThat(store("elsewhere").resolve("restoring")).doesNotExist();
        assertThat(audit("elsewhere").resolve("events")).isNotEmptyDirectory();
    }

    @Test
    void lost_key_of_the_audit_log_costs_the_log_and_no_status() throws Exception {
        loadInto("server", good(1), revoked(2));
        serve("server").close();
        assertThat(back()).as(output).isZero();

        assertThat(restore("elsewhere", "--audit-key-lost")).as(output).isZero();

        try (RunningServer running = serve("elsewhere")) {
            assertThat(isRevoked(running, 2)).isTrue();
            assertThat(isRevoked(running, 1)).isFalse();
            assertThat(open("elsewhere", Incident.Kind.AUDIT_TAMPERED)).isNotEmpty();
        }
        assertThat(audit("elsewhere").resolve("damaged")).isNotEmptyDirectory();
    }

    private Process command(Map<String, String> environment, String... arguments)
            throws IOException {
        ProcessBuilder builder = TestJvm.of(Main.class, arguments).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder.redirectOutput(directory.resolve("command.log").toFile()).start();
    }

    @Test
    @Timeout(300)
    void killed_backup_looks_like_none_and_is_an_alert_until_the_next() throws Exception {
        String[] rows = new String[20_000];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = good(1_000 + i);
        }
        loadInto("server", rows);
        try (RunningServer _ = serve("server")) {
            Process killed =
                    command(
                            Map.of(),
                            "backup",
                            "-c",
                            file("server").toString(),
                            "--max-rate",
                            "1",
                            backup().toString());
            await("copying", () -> Files.exists(backup().resolve("store")));
            killed.destroyForcibly().waitFor();

            assertThat(backup().resolve("backup.json")).doesNotExist();
            await("an alert", () -> open("server", Incident.Kind.BACKUP_FAILED).size() == 1);
            assertThat(store("server").resolve("backup")).doesNotExist();
            assertThat(audit("server").resolve("backup")).doesNotExist();
            assertThat(open("server", Incident.Kind.BACKUP_FAILED).getFirst().what())
                    .contains("command ended", "None is complete yet");
            putKey("elsewhere");
            assertThat(restore("elsewhere")).isOne();
            assertThat(output).contains("not a complete backup");
            assertThat(back()).isOne();
            assertThat(output).contains("cut short");
            delete(backup());

            assertThat(back()).as(output).isZero();
            await(
                    "the end of the alert",
                    () -> open("server", Incident.Kind.BACKUP_FAILED).isEmpty());
        }
        assertThat(restore("elsewhere")).as(output).isZero();
    }

    @Test
    @Timeout(300)
    void backup_to_a_disk_that_fails_leaves_nothing_and_is_an_alert() throws Exception {
        loadInto("server", good(1));
        Path library =
                SharedLibrary.compile(FAILING_SYNC, directory.resolve("failing_sync.so"), "-ldl");
        try (RunningServer _ = serve("server")) {
            Process failing =
                    command(
                            Map.of(
                                    "LD_PRELOAD",
                                    library.toString(),
                                    "FAIL_SYNC_OF",
                                    backup() + "/audit",
                                    "FAIL_SYNC_WHILE",
                                    "/"),
                            "backup",
                            "-c",
                            file("server").toString(),
                            backup().toString());

            assertThat(failing.waitFor()).isEqualTo(3);

            assertThat(Files.readString(directory.resolve("command.log")))
                    .contains("Input/output error");
            assertThat(backup()).doesNotExist();
            await("an alert", () -> open("server", Incident.Kind.BACKUP_FAILED).size() == 1);
            assertThat(store("server").resolve("backup")).doesNotExist();
        }
    }

    /// Kills the command at moments spread over its whole run.
    @Test
    @Timeout(300)
    void killed_restore_is_no_server_until_it_is_repeated() throws Exception {
        loadInto("server", good(1), revoked(2));
        serve("server").close();
        assertThat(back()).as(output).isZero();
        putKey("elsewhere");
        String[] arguments = {"restore", "-c", file("elsewhere").toString(), backup().toString()};
        long begin = System.nanoTime();
        assertThat(command(Map.of(), arguments).waitFor()).isZero();
        long whole = System.nanoTime() - begin;

        int kills = Math.ceilDiv(Integer.getInteger("kills", 6), 2);
        for (int i = 0; i < kills; i++) {
            delete(directory.resolve("elsewhere"));
            install("elsewhere");
            putKey("elsewhere");
            Process restoring = command(Map.of(), arguments);
            // The second half: in the first the JVM starts.
            TimeUnit.NANOSECONDS.sleep(whole / 2 + whole / 2 * i / kills);
            restoring.destroyForcibly().waitFor();
            if (!Files.exists(store("elsewhere").resolve("CURRENT"))) {
                assertHalfRestoredIsNoStore();
                assertThat(restore("elsewhere")).as(output).isZero();
            }
            String config = file("elsewhere").toString();
            assertThat(run("audit", "verify", "-c", config)).as(output).isZero();
            try (RunningServer running = serve("elsewhere")) {
                assertThat(isRevoked(running, 2)).as("kill %d", i).isTrue();
            }
        }
    }

    private void assertHalfRestoredIsNoStore() throws IOException {
        if (Files.exists(store("elsewhere").resolve("restoring"))) {
            assertThatThrownBy(() -> serve("elsewhere").close())
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("cut short");
        }
        assertThat(store("elsewhere").resolve("CURRENT")).doesNotExist();
    }

    /// As a process leaves it that is killed between the last two renames.
    @Test
    void restore_cut_short_while_files_are_put_in_place_begins_again() throws Exception {
        loadInto("server", good(1), revoked(2));
        serve("server").close();
        assertThat(back()).as(output).isZero();
        putKey("elsewhere");
        assertThat(restore("elsewhere")).as(output).isZero();
        Path stage = Files.createDirectory(store("elsewhere").resolve("restoring"));
        Files.move(store("elsewhere").resolve("CURRENT"), stage.resolve("CURRENT"));
        StringBuilder placed = new StringBuilder();
        for (String log : List.of("events", "signatures")) {
            placed.append(log)
                    .append(' ')
                    .append(
                            Files.readAttributes(
                                            audit("elsewhere").resolve(log),
                                            BasicFileAttributes.class)
                                    .fileKey())
                    .append('\n');
        }
        Files.writeString(stage.resolve("placing"), placed);
        assertHalfRestoredIsNoStore();
        assertThat(run("audit", "replay", "-c", file("elsewhere").toString())).isEqualTo(3);
        assertThat(output).contains("cut short");

        assertThat(restore("elsewhere")).as(output).isZero();
        assertVerified("elsewhere");

        // A log that somebody else put there is not deleted.
        Files.createDirectory(stage);
        Files.move(store("elsewhere").resolve("CURRENT"), stage.resolve("CURRENT"));
        Files.writeString(stage.resolve("placing"), "events other\n");
        assertThat(restore("elsewhere")).isOne();
        assertThat(output).contains("there is an audit log in");
        assertThat(audit("elsewhere").resolve("events")).isNotEmptyDirectory();
    }

    @Test
    void logs_put_aside_as_damaged_are_restored_too() throws Exception {
        loadInto("server", good(1));
        serve("server").close();
        Path records = audit("server").resolve("events/0000000000000000.jsonl");
        byte[] bytes = Files.readAllBytes(records);
        bytes[1] ^= 4;
        Files.write(records, bytes);
        serve("server").close();
        assertThat(audit("server").resolve("damaged")).isNotEmptyDirectory();
        assertThat(back()).as(output).isZero();
        putKey("elsewhere");

        assertThat(restore("elsewhere")).isOne();

        assertThat(output).contains("restored", "audit verify: ", "begun anew");
        assertThat(files(audit("elsewhere").resolve("damaged")))
                .isEqualTo(files(audit("server").resolve("damaged")));
        assertThat(open("elsewhere", Incident.Kind.AUDIT_TAMPERED)).isNotEmpty();
    }
}
