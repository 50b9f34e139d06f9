package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.FreePort;
import org.precertocsp.Requirement;

/// The first five minutes: `demo`, then the commands it prints.
final class DemoIT {
    @TempDir static Path directory;
    @TempDir static Path temporary;
    private static final int PORT = FreePort.next();
    private static Distribution.Server server;

    @BeforeAll
    static void start() {
        server = startDemo();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Distribution.Server startDemo() {
        return Distribution.start(
                directory,
                Map.of("PRECERT_OCSP_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary),
                "demo",
                "--port",
                Integer.toString(PORT),
                "--dir",
                directory.toString());
    }

    @Test
    void nothing_is_written_to_the_temporary_folder_which_may_forbid_to_execute() {
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void ready_line_names_the_address() {
        assertThat(server.url()).isEqualTo("http://127.0.0.1:" + PORT);
    }

    @ParameterizedTest
    @CsvSource({
        "issued.pem, good",
        "precertificate.pem, good",
        "psc-precertificate.pem, good",
        "revoked.pem, revoked"
    })
    @Requirement({"SS-01", "SS-02", "SS-09", "RP-01", "CI-03"})
    void openssl_verifies_every_file_under_both_hashes(String file, String status) {
        for (String hash : new String[] {"-sha1", "-sha256"}) {
            String said = new OpenSsl(directory).ask(server.url(), hash, "-cert", file);

            assertThat(said).contains("Response verify OK").contains(file + ": " + status);
        }
    }

    @Test
    @Requirement({"SS-03", "SS-04", "SA-05", "HT-14"})
    void random_serial_is_unauthorized_and_not_stored_by_caches() {
        String[] random = {"-serial", "0x6d3f0b1c2a99887766554433221100"};
        new OpenSsl(directory).writeRequest("random.ocsp", random);

        Command.Result reply =
                Command.run(
                        directory,
                        "curl",
                        "-s",
                        "-i",
                        "--data-binary",
                        "@random.ocsp",
                        "-H",
                        "Content-Type: application/ocsp-request",
                        "-o",
                        "reply.txt",
                        "-D",
                        "-",
                        server.url());
        String said = new OpenSsl(directory).ask(server.url(), random);

        assertThat(reply.output()).containsIgnoringCase("cache-control: no-store");
        assertThat(said).contains("unauthorized (6)");
    }

    /// The library has one file name for every processor; of two in the class path one is useless.
    @Test
    void quick_provider_is_in_the_image_for_this_processor() {
        Path config = directory.resolve("precert-ocsp.yaml");

        Command.Result said =
                Distribution.run(directory, "key", "inspect", "-c", config.toString());

        assertThat(said.output()).containsPattern("computed by +AmazonCorrettoCryptoProvider");
    }

    @Test
    void cluster_without_kafka_is_refused_with_where_to_get_it() {
        Command.Result said =
                Distribution.run(directory, "demo", "--cluster", "--kafka", temporary.toString());

        assertThat(said.exits(1).output())
                .contains("Kafka is not in " + temporary, "mvn -DskipTests package", "--kafka");
    }

    @Test
    void cluster_is_refused_where_a_port_is_in_use() {
        Command.Result said =
                Distribution.run(
                        directory, "demo", "--cluster", "--port", Integer.toString(PORT - 3));

        assertThat(said.exits(1).output()).contains("port " + PORT).contains("--port");
    }

    @Test
    void state_stays_in_its_folder_and_is_served_again_after_a_stop() throws Exception {
        assertThat(server.terminate()).isZero();
        byte[] precertificate = Files.readAllBytes(directory.resolve("precertificate.pem"));

        server = startDemo();

        assertThat(Files.readAllBytes(directory.resolve("precertificate.pem")))
                .isEqualTo(precertificate);
        openssl_verifies_every_file_under_both_hashes("precertificate.pem", "good");
    }
}
