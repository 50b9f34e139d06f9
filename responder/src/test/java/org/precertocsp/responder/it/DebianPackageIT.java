package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.precertocsp.RequiredTools;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;

/// The Debian package on a minimal Debian of its own, started by a systemd of its own.
final class DebianPackageIT {
    private static final String UNIT = "precert-ocsp.service";
    private static final String LEAF = "/etc/precert-ocsp/leaf.pem";
    private static final String CONFIGURATION = "/etc/precert-ocsp/precert-ocsp.yaml";

    // A whole system is too large for memory.
    @TempDir(factory = TempDirFactory.Standard.class)
    Path directory;

    private Path root;
    private Path built;

    @BeforeEach
    void machine() throws IOException {
        RequiredTools.met(
                System.getProperty("user.name").equals("root"),
                "booting systemd in namespaces needs root: run the tests as root");
        for (String program : List.of("dpkg-deb", "dpkg-query", "systemd-analyze", "unshare")) {
            RequiredTools.program(program);
        }
        built = builtPackage();
        root = directory.resolve("machine");
        CleanRoot.make(root, built);
        Files.copy(built, root.resolve("root/precert-ocsp.deb"));
    }

    @AfterEach
    void removeMachine() {
        Command.run(directory, "rm", "-rf", "--one-file-system", "machine");
    }

    private static Path builtPackage() throws IOException {
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(
                        Path.of("target").toAbsolutePath(), "precert-ocsp_*.deb")) {
            return found.iterator().next();
        }
    }

    @Test
    void installed_it_serves_and_updates_and_leaves_without_losing_data() throws Exception {
        tellsWhatItIsAndWhoAnswersForIt();
        try (Machine machine = Machine.boot(root, directory)) {
            installsWithoutStarting(machine);
            TestIssuer issuer = configured();
            startsAndAnswers(machine, issuer);
            runsWithoutPrivileges(machine);
            updateKeepsEverything(machine, issuer);
            refusedConfigurationKeepsTheOldServer(machine, issuer);
            leavesTheDataBehind(machine);
        }
    }

    private void tellsWhatItIsAndWhoAnswersForIt() {
        String control = Command.run(directory, "dpkg-deb", "-f", built.toString()).output();

        assertThat(control)
                .containsPattern("(?m)^Maintainer: [^<>]+ <[^<>@ ]+@[^<>@ ]+>$")
                .containsPattern("(?m)^Version: [0-9]")
                .containsPattern("(?m)^Installed-Size: [1-9]")
                .containsPattern("(?m)^Description: OCSP responder .{1,60}\n Answers OCSP ")
                .contains("Section: net\n", "Priority: optional\n");
    }

    private static void installsWithoutStarting(Machine machine) {
        String said =
                succeeds(machine, "dpkg", "--force-unsafe-io", "-i", "/root/precert-ocsp.deb");

        assertThat(said).contains("systemctl enable --now precert-ocsp.service");
        assertThat(machine.run("systemctl", "is-active", UNIT).output()).contains("inactive");
        assertThat(machine.run("systemctl", "is-enabled", UNIT).output()).contains("disabled");
        assertThat(machine.run("systemctl", "start", UNIT).exitCode()).isNotZero();
        assertThat(succeeds(machine, "stat", "-c", "%U %G %a", "/etc/precert-ocsp"))
                .isEqualTo("root precert-ocsp 750\n");
        assertThat(succeeds(machine, "dpkg-query", "-W", "-f", "${Status}", "precert-ocsp"))
                .isEqualTo("install ok installed");
    }

    private TestIssuer configured() throws IOException {
        TestIssuer issuer = new TestIssuer(root.resolve("etc/precert-ocsp"));
        String text = Files.readString(issuer.configuration());
        Files.writeString(
                issuer.directory.resolve("precert-ocsp.yaml"),
                text.replace("directory: store", "directory: /var/lib/precert-ocsp/store")
                        .replace("directory: spool", "directory: /var/lib/precert-ocsp/spool"));
        issuer.write("leaf.pem", issuer.issue(0xdeb1a));
        return issuer;
    }

    private static void startsAndAnswers(Machine machine, TestIssuer issuer) {
        commands(machine, "config", "check", "-c", CONFIGURATION);
        succeeds(machine, "systemctl", "enable", "--now", UNIT);
        commands(machine, "load", "certificates", "-c", CONFIGURATION, LEAF);
        answersGood(issuer);
        succeeds(machine, "systemctl", "reload", UNIT);
        answersGood(issuer);
    }

    /// Runs a command of the program as the server's user, as its manual says.
    private static String commands(Machine machine, String... words) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--reuid=precert-ocsp",
                                "--regid=precert-ocsp",
                                "--init-groups",
                                "precert-ocsp"));
        all.addAll(List.of(words));
        return succeeds(machine, all.toArray(String[]::new));
    }

    private static void answersGood(TestIssuer issuer) {
        assertThat(issuer.openssl("leaf.pem"))
                .contains("Response verify OK")
                .contains("leaf.pem: good");
    }

    private static void runsWithoutPrivileges(Machine machine) {
        String status = succeeds(machine, "cat", "/proc/" + mainPid(machine) + "/status");

        assertThat(status)
                .containsPattern("CapBnd:\\s+0{16}\\n")
                .containsPattern("CapEff:\\s+0{16}\\n")
                .containsPattern("NoNewPrivs:\\s+1\\n")
                .containsPattern("Seccomp:\\s+2\\n");
        assertThat(succeeds(machine, "stat", "-c", "%U", "/proc/" + mainPid(machine)))
                .isEqualTo("precert-ocsp\n");
        String written =
                machine.run(
                                "nsenter",
                                "--target=" + mainPid(machine),
                                "--mount",
                                "touch",
                                "/etc/precert-ocsp/written",
                                "/usr/lib/precert-ocsp/written")
                        .output();
        assertThat(written.split("Read-only file system", -1)).as(written).hasSize(3);
        // A rating of systemd's own, in tenths; 10.0 is no protection at all.
        succeeds(machine, "systemd-analyze", "security", "--no-pager", "--threshold=20", UNIT);
    }

    private void updateKeepsEverything(Machine machine, TestIssuer issuer) throws Exception {
        String configuration = Files.readString(root.resolve(CONFIGURATION.substring(1)));
        String before = mainPid(machine);
        String events = events();
        Path work = directory.resolve("newer");
        Command.Result made =
                Command.run(
                        directory,
                        "sh",
                        TestScript.write(directory, "newer.sh").toString(),
                        built.toString(),
                        "99.0",
                        work.toString());
        made.exits(0);
        Files.move(work.resolve("newer.deb"), root.resolve("root/newer.deb"));

        succeeds(machine, "dpkg", "--force-unsafe-io", "-i", "/root/newer.deb");

        assertThat(succeeds(machine, "dpkg-query", "-W", "precert-ocsp")).contains("99.0");
        assertThat(mainPid(machine)).isNotEqualTo(before);
        assertThat(Files.readString(root.resolve(CONFIGURATION.substring(1))))
                .isEqualTo(configuration);
        answersGood(issuer);
        assertThat(events()).startsWith(events).contains("leaf.pem");
    }

    private void refusedConfigurationKeepsTheOldServer(Machine machine, TestIssuer issuer)
            throws IOException {
        Path file = root.resolve(CONFIGURATION.substring(1));
        String good = Files.readString(file);
        String before = mainPid(machine);
        Files.writeString(file, good + "nonsense: 1\n");

        String said =
                succeeds(machine, "/var/lib/dpkg/info/precert-ocsp.postinst", "configure", "0.0.1");

        assertThat(said).contains("nonsense").contains("the old process continues to run");
        assertThat(mainPid(machine)).isEqualTo(before);
        answersGood(issuer);
        Files.writeString(file, good);
    }

    private void leavesTheDataBehind(Machine machine) throws IOException {
        Path store = root.resolve("var/lib/precert-ocsp/store/CURRENT");
        Path key = root.resolve("etc/precert-ocsp/responder.key");

        succeeds(machine, "dpkg", "-r", "precert-ocsp");
        assertThat(machine.run("systemctl", "is-active", UNIT).output()).contains("inactive");
        assertThat(List.of(store, key, root.resolve(CONFIGURATION.substring(1))))
                .allMatch(Files::exists);
        Map<Path, ByteString> data = data();
        assertThat(data.keySet())
                .anyMatch(it -> it.startsWith("audit"))
                .anyMatch(it -> it.startsWith("store-alerts"));

        String said = succeeds(machine, "dpkg", "-P", "precert-ocsp");
        assertThat(said).contains("/var/lib/precert-ocsp").contains("are kept");
        assertThat(List.of(store, key)).allMatch(Files::exists);
        assertThat(data()).isEqualTo(data);
        assertThat(
                        succeeds(
                                machine,
                                "find",
                                "/usr",
                                "/etc/systemd",
                                "/run/systemd/system",
                                "-name",
                                "*precert-ocsp*"))
                .isEmpty();
    }

    /// The audit log of what was done, which an update goes on with.
    private String events() throws IOException {
        Path folder = root.resolve("var/lib/precert-ocsp/audit/events");
        StringBuilder events = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(it -> it.toString().endsWith(".jsonl")).sorted().toList()) {
                events.append(Files.readString(file));
            }
        }
        return events.toString();
    }

    /// All the server wrote, by a digest of its content.
    private Map<Path, ByteString> data() throws IOException {
        Path folder = root.resolve("var/lib/precert-ocsp");
        Map<Path, ByteString> data = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                ByteString content = ByteString.of(Files.readAllBytes(file));
                data.put(folder.relativize(file), HashAlgorithm.SHA256.hash(content));
            }
        }
        return data;
    }

    private static String mainPid(Machine machine) {
        return succeeds(machine, "systemctl", "show", "-P", "MainPID", UNIT).strip();
    }

    private static String succeeds(Machine machine, String... words) {
        Command.Result result = machine.run(words);
        assertThat(result.exitCode())
                .as(() -> String.join(" ", words) + ": " + result.output() + journal(machine))
                .isZero();
        return result.output();
    }

    private static String journal(Machine machine) {
        return machine.run("journalctl", "--no-pager", "-n", "40").output();
    }
}
