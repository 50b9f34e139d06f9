package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;

/// Loading, offline and through a running server, undisturbed and killed in the middle.
final class LoadIT {
    private static final int MANY = 100_000;

    /// Take long enough to be killed meanwhile.
    private static final int LINES = 20_000;

    private static final String HOLDS_SERIAL = "10000007";

    @TempDir Path directory;
    private TestIssuer issuer;

    @BeforeEach
    void writeIndex() throws IOException {
        issuer = new TestIssuer(directory);
        write(LINES);
    }

    private void write(int lines) throws IOException {
        String index =
                IntStream.range(0, lines)
                        .mapToObj(LoadIT::line)
                        .collect(Collectors.joining("\n", "", "\n"));
        Files.writeString(directory.resolve("index.txt"), index);
    }

    @Test
    void index_of_a_hundred_thousand_lines_loads_offline_and_again() throws IOException {
        write(MANY);

        assertThat(summary(loadIndex().exits(0)).get("added").asLong()).isEqualTo(MANY);

        JsonNode again = summary(loadIndex().exits(0));
        assertThat(again.get("added").asLong()).isZero();
        assertThat(again.get("unchanged").asLong()).isGreaterThanOrEqualTo(MANY);
    }

    @Test
    void running_server_takes_the_same_file_and_tells_the_same() throws IOException {
        try (Distribution.Server _ = issuer.serve()) {
            Command.Result result = loadIndex().exits(0);

            assertThat(summary(result).get("added").asLong()).isEqualTo(LINES);
            assertThat(ask("0x" + HOLDS_SERIAL))
                    .contains("Response verify OK")
                    .contains(": revoked");
            assertThat(status(HOLDS_SERIAL).output()).contains("revoked");
        }
    }

    @Test
    void operator_drops_files_into_the_spool() throws Exception {
        issuer.write("leaf.pem", issuer.issue(0x77001122));
        try (Distribution.Server _ = issuer.serve()) {
            drop("leaf.pem", "spool/certificates");
            Files.writeString(directory.resolve("broken.crl"), "no CRL");
            drop("broken.crl", "spool/crl");

            await("spool/done", "leaf.pem");
            await("spool/refused", ".reason.txt");
            assertThat(find("spool/refused", ".reason.txt"))
                    .singleElement()
                    .satisfies(reason -> assertThat(Files.readString(reason)).isNotBlank());
            assertThat(ask("0x77001122")).contains("Response verify OK").contains(": good");
        }
    }

    @Test
    @Requirement("SA-11")
    void killed_offline_load_leaves_a_store_that_opens_and_a_load_that_runs_again()
            throws Exception {
        Random random = new Random(20_261_121);
        issuer.write("leaf.pem", issuer.issue(0x77001122));
        issuer.load("certificates", "leaf.pem").exits(0);
        for (int round = 0; round < 3; round++) {
            issuer.configuration();
            Process load =
                    new ProcessBuilder(loadIndexWords())
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("killed.out").toFile())
                            .start();
            load.waitFor(300 + random.nextInt(900), TimeUnit.MILLISECONDS);
            load.destroyForcibly().waitFor();
            Command.Result status = status(HOLDS_SERIAL);
            assertThat(status.exitCode()).as(status.output()).isIn(0, 1);
        }

        loadIndex().exits(0);
        assertThat(status(HOLDS_SERIAL).output()).contains("revoked");
    }

    @Test
    void killed_server_takes_the_file_up_again() throws Exception {
        Distribution.Server server = issuer.serve();
        Files.createDirectories(directory.resolve("spool/index/test"));
        drop("index.txt", "spool/index/test");
        TimeUnit.MILLISECONDS.sleep(300);
        server.kill();

        try (Distribution.Server _ = issuer.serve()) {
            await("spool/done", "index.txt");
            assertThat(ask("0x" + HOLDS_SERIAL)).contains(": revoked");
        }
    }

    private Command.Result loadIndex() throws IOException {
        issuer.configuration();
        return new Command(directory, Map.of(), loadIndexWords()).run();
    }

    private static List<String> loadIndexWords() {
        return List.of(
                Path.of("target/precert-ocsp/bin/precert-ocsp").toAbsolutePath().toString(),
                "load",
                "index",
                "-c",
                "precert-ocsp.yaml",
                "--issuer",
                "issuer.pem",
                "--json",
                "index.txt");
    }

    private Command.Result status(String serial) {
        return Distribution.run(
                directory, "status", "-c", "precert-ocsp.yaml", "--issuer", "issuer.pem", serial);
    }

    private static JsonNode summary(Command.Result result) throws IOException {
        int start = result.output().indexOf('{');
        return new ObjectMapper().readTree(result.output().substring(start)).get("totals");
    }

    private String ask(String serial) {
        return new OpenSsl(directory).ask(issuer.url(), "-serial", serial, "-no_nonce");
    }

    /// Written whole, then renamed in, as the operator's manual asks.
    private void drop(String file, String folder) throws IOException {
        Path target = Files.createDirectories(directory.resolve(folder));
        Files.copy(directory.resolve(file), target.resolve(".part-" + file));
        Files.move(
                target.resolve(".part-" + file),
                target.resolve(file),
                StandardCopyOption.ATOMIC_MOVE);
    }

    private void await(String folder, String name) throws Exception {
        for (int attempt = 0; attempt < 1_200; attempt++) {
            if (!find(folder, name).isEmpty()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("nothing like " + name + " in " + folder);
    }

    private List<Path> find(String folder, String part) throws IOException {
        Path start = directory.resolve(folder);
        if (!Files.isDirectory(start)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(start)) {
            // What is still being written has a name that begins with a dot.
            return files.filter(file -> file.getFileName().toString().contains(part))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    /// Every seventh certificate is revoked.
    private static String line(int number) {
        String serial = "%08X".formatted(0x1000_0000 + number);
        return number % 7 == 0
                ? "R\t361231235959Z\t261101120000Z,keyCompromise\t%s\tunknown\t/CN=%d"
                        .formatted(serial, number)
                : "V\t361231235959Z\t\t%s\tunknown\t/CN=%d".formatted(serial, number);
    }
}
