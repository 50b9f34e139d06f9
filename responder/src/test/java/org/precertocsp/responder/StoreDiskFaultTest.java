package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.Requirement;
import org.precertocsp.SharedLibrary;
import org.precertocsp.TestCa;
import org.precertocsp.TestJvm;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.config.ConfigReader;

/// A server whose store's disk fails for a while: `failing_sync.c`, preloaded, makes every fsync of
/// the store's files fail. Needs a C compiler.
final class StoreDiskFaultTest {
    private static final Path SOURCE = Path.of("responder/src/test/c/failing_sync.c");
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir Path directory;

    private final int admin = FreePort.next();
    private KeyPair signer = TestCa.p256();

    @BeforeEach
    void configure() throws IOException {
        TestCa ca = TestCa.root("CA");
        TestCa.write(directory.resolve("ca.pem"), ca.holder());
        signer = ca.writeSigner(directory);
        Files.writeString(
                file(),
                """
                store: {directory: store}
                spool: {directory: spool, poll: 50ms}
                http: {listen: ["127.0.0.1:0"]}
                admin: {listen: "127.0.0.1:%d"}
                issuers:
                  - name: one
                    certificates: ca.pem
                    profile: private
                    responder: {certificate: signer.pem, key: {pem: {file: signer.key}}}
                """
                        .formatted(admin));
    }

    private Path file() {
        return directory.resolve("precert-ocsp.yaml");
    }

    private Path library() throws IOException {
        return SharedLibrary.compile(SOURCE, directory.resolve("failing_sync.so"), "-ldl");
    }

    private Path broken() {
        return directory.resolve("broken");
    }

    private Process serve() throws Exception {
        ProcessBuilder server = TestJvm.of(Main.class, "serve", "-c", file().toString());
        server.environment().put("LD_PRELOAD", library().toString());
        server.environment().put("FAIL_SYNC_OF", "/store/");
        server.environment().put("FAIL_SYNC_WHILE", broken().toString());
        return server.redirectError(directory.resolve("server.log").toFile()).start();
    }

    private static InetSocketAddress address(BufferedReader output) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("ready http://")) {
                URI uri = URI.create(line.substring("ready ".length()));
                return new InetSocketAddress(uri.getHost(), uri.getPort());
            }
        }
        throw new IOException("the server did not start");
    }

    private void feed(String name, int... serials) throws IOException {
        StringBuilder rows = new StringBuilder("serial_decimal,status,revocation_date,issuer\n");
        for (int serial : serials) {
            rows.append(serial).append(",revoked,2026-03-01T12:00:00Z,one\n");
        }
        Path written = Files.writeString(directory.resolve(name), rows.toString());
        Files.move(
                written,
                directory.resolve("spool/csv").resolve(name),
                StandardCopyOption.ATOMIC_MOVE);
    }

    private HttpResponse<String> readiness() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/readyz"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private List<Alert> alerts() throws Exception {
        return new CommandWiring(CLOCK)
                .alerts().of(ConfigReader.read(file())).all().stream()
                        .filter(it -> it.kind() == Incident.Kind.STORE_FAILED && it.isOpen())
                        .toList();
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Test
    @Timeout(180)
    @Requirement("SA-11")
    void failed_fsync_of_the_store_is_told_and_mended_without_a_restart() throws Exception {
        Process server = serve();
        try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
            OcspClient client = new OcspClient(address(output), signer.getPublic());
            feed("first.csv", 1);
            await("the first file is in", () -> isRevoked(client, 1));
            assertThat(readiness().statusCode()).isEqualTo(200);

            Files.createFile(broken());
            feed("second.csv", 2);
            await("the server is not ready", () -> readiness().statusCode() == 503);
            assertThat(readiness().body()).contains("store writes");
            await("there is an alert", () -> alerts().size() == 1);
            assertThat(alerts().getFirst().what()).contains("rejected", "Check the disk");
            assertThat(isRevoked(client, 1)).isTrue();

            Files.delete(broken());
            await("the server is ready", () -> readiness().statusCode() == 200);
            await("the alert is over", () -> alerts().isEmpty());
            feed("third.csv", 2, 3);
            await("changes are taken again", () -> isRevoked(client, 3));
            assertThat(isRevoked(client, 1)).isTrue();
            assertThat(isRevoked(client, 2)).isTrue();
        } finally {
            server.destroy();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Main.commandLine(CLOCK).execute("audit", "verify", "-c", file().toString()))
                .isZero();
        assertThat(
                        Main.commandLine(CLOCK)
                                .execute("audit", "replay", "--dry-run", "-c", file().toString()))
                .isZero();
    }

    private boolean isRevoked(OcspClient client, int serial) throws Exception {
        try {
            return client.ask(directory.resolve("ca.pem"), Serial.of(BigInteger.valueOf(serial)))
                    .revoked()
                    .isPresent();
        } catch (AssertionError _) {
            // Not assigned yet.
            return false;
        }
    }
}
