package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;

/// `demo --cluster` with the commands it prints. Eight processes are too many for the usual build:
/// `mvn -B -Pcluster verify`.
@Timeout(900)
final class ClusterDemoIT {
    private static final int PORTS = 16;
    private static final int API_A = 4;
    private static final int API_B = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir Path directory;

    private final int first = freePorts();

    private static int freePorts() {
        int first = FreePort.next();
        while (!IntStream.range(first, first + PORTS).allMatch(ClusterDemoIT::isFree)) {
            first = FreePort.next();
        }
        return first;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException _) {
            return false;
        }
    }

    private Distribution.Server demo() {
        return Distribution.start(directory, Map.of(), arguments().toArray(String[]::new));
    }

    private List<String> arguments() {
        return List.of(
                "demo",
                "--cluster",
                "--port",
                Integer.toString(first),
                "--dir",
                directory.toString());
    }

    @Test
    void a_revocation_at_either_authority_is_known_to_both_edges_and_nothing_is_left()
            throws IOException {
        List<ProcessHandle> all;
        try (Distribution.Server demo = demo()) {
            all = processes();
            assertThat(all).hasSize(7).allMatch(ProcessHandle::isAlive);
            assertThat(paste(demo, "ask issued.pem"))
                    .containsSubsequence("issued.pem: good", "issued.pem: good")
                    .doesNotContain("Verify Failure");

            assertThat(paste(demo, "revoke %d issued.pem".formatted(first + API_A)))
                    .contains(" 200 ", "\"effective\":true");
            assertThat(paste(demo, "ask issued.pem"))
                    .containsSubsequence("issued.pem: revoked", "issued.pem: revoked");
            assertThat(paste(demo, "revoke %d precertificate.pem".formatted(first + API_B)))
                    .contains(" 421 ");

            paste(demo, "kill -9 $(cat a.pid)");
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    paste(
                                                            demo,
                                                            "revoke %d precertificate.pem"
                                                                    .formatted(first + API_B)))
                                            .contains(" 200 ", "\"effective\":true"));
            assertThat(paste(demo, "ask precertificate.pem"))
                    .containsSubsequence(
                            "precertificate.pem: revoked", "precertificate.pem: revoked");
            assertThat(paste(demo, "precert-ocsp cluster status -c b.yaml")).contains("held by b");

            paste(demo, "kill -STOP $(cat fra1.pid)");
            assertThat(demo.terminate()).isZero();
        }

        assertThat(all).noneMatch(ProcessHandle::isAlive);
        assertThat(IntStream.range(first, first + PORTS)).allMatch(ClusterDemoIT::isFree);
    }

    @Test
    void nothing_is_left_when_the_demonstration_is_killed() throws Exception {
        Path log = directory.resolve("demo.log");
        Process demo =
                new ProcessBuilder(
                                Stream.concat(
                                                Stream.of("target/precert-ocsp/bin/precert-ocsp"),
                                                arguments().stream())
                                        .toList())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            await().atMost(PATIENCE)
                    .until(() -> Files.readString(log).contains("broker-3 started"));
        } finally {
            demo.destroyForcibly().waitFor();
        }

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(processes()).noneMatch(ProcessHandle::isAlive));
    }

    /// Those whose ids the demonstration has written.
    private List<ProcessHandle> processes() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".pid"))
                    .map(ClusterDemoIT::process)
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    private static Optional<ProcessHandle> process(Path file) {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs a command in a shell into which the first lines were pasted that the demonstration
    /// prints.
    private String paste(Distribution.Server demo, String command) {
        String prepared =
                demo.said()
                        .lines()
                        .map(String::strip)
                        .filter(line -> line.matches("(cd |export PATH=|ask\\(|revoke\\().*"))
                        .collect(Collectors.joining("\n"));
        return Command.run(directory, "sh", "-c", prepared + "\n" + command).output();
    }
}
