package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ServerConfig;
import picocli.CommandLine;

/// Servers of one issuer, each in a directory of its own beside the others, as operators install
/// them; commands run in this process. For tests of what happens to their files.
abstract class InstalledServers {
    static final InstantSource CLOCK = InstantSource.system();

    @TempDir Path directory;

    final TestCa ca = TestCa.root("CA");
    private KeyPair signer = TestCa.p256();

    /// Of the last command.
    String output = "";

    @BeforeEach
    void writeCertificates() throws IOException {
        TestCa.write(directory.resolve("ca.pem"), ca.holder());
        signer = ca.writeSigner(directory);
    }

    /// @param settings of the configuration, but for the issuer
    void install(String server, String settings) throws IOException {
        Files.createDirectory(directory.resolve(server));
        Files.writeString(
                file(server),
                settings
                        + """
                        store: {directory: store}
                        issuers:
                          - name: one
                            certificates: [../ca.pem]
                            profile: private
                            responder: {certificate: ../signer.pem, key: {pem: {file: ../signer.key}}}
                        """);
    }

    Path file(String server) {
        return directory.resolve(server).resolve("precert-ocsp.yaml");
    }

    ServerConfig config(String server) throws Exception {
        return ConfigReader.read(file(server));
    }

    Path store(String server) {
        return directory.resolve(server).resolve("store");
    }

    Path audit(String server) {
        return directory.resolve(server).resolve("audit");
    }

    Path alerts(String server) {
        return directory.resolve(server).resolve("store-alerts");
    }

    String issuer() {
        return directory.resolve("ca.pem").toString();
    }

    RunningServer serve(String server) throws Exception {
        return new Wiring(CLOCK).launcher().start(config(server));
    }

    /// Returns the exit code.
    int run(String... arguments) {
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine(CLOCK, arguments);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
        int code = line.execute(arguments);
        output = out.toString();
        return code;
    }

    void loadInto(String server, String... rows) throws IOException {
        Path csv = writeRows(rows);
        assertThat(
                        run(
                                "load",
                                "csv",
                                "-c",
                                file(server).toString(),
                                "--issuer",
                                issuer(),
                                csv.toString()))
                .as(output)
                .isZero();
    }

    Path writeRows(String... rows) throws IOException {
        return Files.writeString(
                directory.resolve("rows.csv"),
                "serial_decimal,status,revocation_date,not_after\n"
                        + String.join("\n", rows)
                        + "\n");
    }

    static String good(int serial) {
        return serial + ",good,,2035-01-01T00:00:00Z";
    }

    static String revoked(int serial) {
        return serial + ",revoked,2026-03-01T12:00:00Z,2035-01-01T00:00:00Z";
    }

    boolean isRevoked(RunningServer running, int serial) throws Exception {
        return new OcspClient(running.addresses().getFirst(), signer.getPublic())
                .ask(directory.resolve("ca.pem"), Serial.of(BigInteger.valueOf(serial)))
                .revoked()
                .isPresent();
    }

    List<Alert> open(String server, Incident.Kind kind) throws Exception {
        return new CommandWiring(CLOCK)
                .alerts().of(config(server)).all().stream()
                        .filter(it -> it.kind() == kind && it.isOpen())
                        .toList();
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
