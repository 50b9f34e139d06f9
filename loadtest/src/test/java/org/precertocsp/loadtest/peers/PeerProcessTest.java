package org.precertocsp.loadtest.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.der.ByteString;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.loadtest.corpus.CorpusPlan;
import org.precertocsp.loadtest.corpus.CorpusProgress;

/// Programs that are run, with shell scripts in their place.
final class PeerProcessTest {
    private static final InstalledProgram ANY = new InstalledProgram(Path.of("/opt/any"));
    private static final CpuPinning ALL = new CpuPinning(Optional.empty(), 0, 0, List.of());

    @TempDir private Path folder;

    /// A distribution whose launcher is that script.
    private Path distribution(String script) throws IOException {
        Path launcher = Files.createDirectories(folder.resolve("ours/bin")).resolve("precert-ocsp");
        Files.writeString(launcher, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder.resolve("ours");
    }

    private PrecertOcspDistribution found(String script) throws IOException, PeerException {
        return PrecertOcspDistribution.find(Optional.of(distribution(script)));
    }

    private static final String TALKATIVE =
            """
            case "$1 $2" in
              "--version "*) echo "precert-ocsp 0.1"; echo "Java 25";;
              "config sample") echo "presign: all";;
              "load csv") echo '{"totals": {"added": 7, "changed": 2}}';;
              *) echo "on output"; echo "on errors" >&2; exit 3;;
            esac
            """;

    @Test
    void a_distribution_tells_its_version_and_settings() throws Exception {
        PrecertOcspDistribution ours = found(TALKATIVE);

        assertThat(ours.version()).isEqualTo("precert-ocsp 0.1\nJava 25");
        assertThat(ours.origin().version()).isEqualTo("precert-ocsp 0.1; Java 25");
        assertThat(ours.knows("presign:")).isTrue();
        assertThat(ours.knows("push:")).isFalse();
    }

    @Test
    void a_folder_without_a_distribution_is_named_with_the_option() {
        assertThatThrownBy(() -> PrecertOcspDistribution.find(Optional.of(folder)))
                .isInstanceOf(PeerException.class)
                .hasMessageContaining(folder + "/bin/precert-ocsp")
                .hasMessageContaining("--ours");
    }

    @Test
    void a_command_that_fails_is_told_with_its_exit_code_and_all_it_printed() throws Exception {
        PrecertOcspDistribution ours = found(TALKATIVE);

        assertThatThrownBy(() -> ours.run("status", "5a17"))
                .isInstanceOf(PeerException.class)
                .hasMessageContainingAll("status 5a17 ended with 3", "on errors", "on output");
    }

    @Test
    void a_load_is_counted_by_what_the_command_reports() throws Exception {
        LoadedStore loaded =
                LoadedStore.of(
                        found(TALKATIVE), corpus(), CorpusFile.CSV, folder.resolve("loaded"));

        assertThat(loaded.added()).isEqualTo(7);
        assertThat(loaded.changed()).isEqualTo(2);
        assertThat(loaded.time()).isPositive();
        assertThat(folder.resolve("loaded/load.yaml")).content().contains(loaded.store() + "\"");
    }

    @Test
    void size_on_disk_is_that_of_all_files() throws Exception {
        Path store = folder.resolve("store");
        Files.write(Files.createDirectories(store.resolve("deep")).resolve("a"), new byte[1_000]);
        Files.write(store.resolve("b"), new byte[234]);

        assertThat(new LoadedStore(store, Duration.ZERO, 0, 0).diskBytes()).isEqualTo(1_234);
    }

    @Test
    void our_server_is_started_with_a_configuration_of_the_corpus() throws Exception {
        PrecertOcspDistribution ours = found(TALKATIVE);
        Corpus corpus = corpus();

        List<String> command =
                new PrecertOcspPeer(ours, corpus, folder.resolve("store"), "none", 4712)
                        .prepare(folder, 4711);

        assertThat(command)
                .containsExactly(
                        ours.program().toString(),
                        "serve",
                        "-c",
                        folder.resolve("precert-ocsp.yaml").toString());
        assertThat(folder.resolve("precert-ocsp.yaml"))
                .content()
                .contains("127.0.0.1:4711", "presign: none", corpus.issuer().toString());
    }

    @Test
    void our_server_of_before_presigning_is_not_told_of_it() throws Exception {
        PrecertOcspDistribution old = found("echo old");

        new PrecertOcspPeer(old, corpus(), folder.resolve("store"), "none", 4712)
                .prepare(folder, 4711);

        assertThat(folder.resolve("precert-ocsp.yaml")).content().doesNotContain("presign");
    }

    @Test
    void a_server_that_ends_is_told_with_the_end_of_its_log() {
        Peer dying = peer("sh", "-c", "echo no licence today; exit 1");

        assertThatThrownBy(() -> RunningPeer.start(dying, folder.resolve("peer"), ALL, new byte[1]))
                .isInstanceOf(PeerException.class)
                .hasMessageContainingAll("a peer did not answer", "no licence today");
    }

    @Test
    void a_program_that_cannot_be_started_is_told() {
        assertThatThrownBy(
                        () ->
                                RunningPeer.start(
                                        peer(folder + "/nothing"),
                                        folder.resolve("peer"),
                                        ALL,
                                        new byte[1]))
                .isInstanceOf(PeerException.class)
                .hasMessageContaining("a peer cannot be started");
    }

    private static Peer peer(String... command) {
        return new Peer() {
            @Override
            public String name() {
                return "a peer";
            }

            @Override
            public String version() {
                return "1";
            }

            @Override
            public List<String> prepare(Path directory, int port) {
                return List.of(command);
            }
        };
    }

    @Test
    void nginx_repeats_any_response_byte_for_byte_from_its_configuration() throws Exception {
        byte[] awkward = {'"', '\\', '$', 0, (byte) 0xFF, '\n'};
        RawHttpExchange ours =
                new RawHttpExchange(
                        "HTTP/1.1 200 OK\r\nCache-Control: max-age=5\r\n\r\n",
                        ByteString.of(awkward));
        NginxPeer nginx = new NginxPeer(ANY, NginxPeer.Source.MEMORY, ours, 3);

        List<String> command = nginx.prepare(folder, 4711);

        assertThat(command).endsWith("-c", folder.resolve("nginx.conf").toString());
        assertThat(folder.resolve("response.der")).hasBinaryContent(awkward);
        assertThat(Files.readString(folder.resolve("nginx.conf"), StandardCharsets.ISO_8859_1))
                .contains("listen 127.0.0.1:4711 ", "Cache-Control \"max-age=5\"", "ETag '\"eee\"'")
                .contains("return 200 \"\\\"\\\\${dollar}\u0000\u00ff\n\";");
    }

    @Test
    void nginx_is_filled_until_its_reply_is_as_long_as_ours() {
        RawHttpExchange ours = new RawHttpExchange("0123456789", ByteString.of());
        NginxPeer nginx = new NginxPeer(ANY, NginxPeer.Source.FILE, ours, 0);

        assertThat(nginx.filled(new RawHttpExchange("0123", ByteString.of())).fill()).isEqualTo(6);
        assertThat(nginx.filled(new RawHttpExchange("0123456789ab", ByteString.of())).fill())
                .isZero();
    }

    @Test
    void cfssl_is_given_a_line_of_base64_for_each_response() throws Exception {
        List<ByteString> responses = List.of(ByteString.ofHex("3003"), ByteString.ofHex("fffefd"));

        List<String> command = new CfsslPeer(ANY, responses).prepare(folder, 4711);

        assertThat(command).containsSequence("-port", "4711", "-responses");
        assertThat(Files.readAllLines(folder.resolve("responses.base64")))
                .map(it -> ByteString.of(Base64.getDecoder().decode(it)))
                .isEqualTo(responses);
    }

    @Test
    void openssl_is_given_the_corpus() throws Exception {
        Corpus corpus = corpus();

        assertThat(new OpensslPeer(ANY, corpus).prepare(folder, 4711))
                .containsSequence("-port", "4711", "-index")
                .containsSequence("-CA", corpus.issuer().toString())
                .containsSequence("-rkey", corpus.delegateKey().toString());
    }

    @Test
    void commands_run_on_the_servers_processor_where_that_can_be_chosen() {
        CpuPinning pinning =
                new CpuPinning(
                        Optional.of(new InstalledProgram(Path.of("/bin/taskset"))),
                        3,
                        4,
                        List.of());

        assertThat(pinning.pinned(List.of("nginx", "-v")))
                .containsExactly("/bin/taskset", "-c", "3", "nginx", "-v");
        assertThat(ALL.pinned(List.of("nginx"))).containsExactly("nginx");
    }

    @Test
    void a_program_is_found_in_the_path_and_tells_its_first_line() {
        InstalledProgram shell = InstalledProgram.find("sh").orElseThrow();

        assertThat(shell.firstLine("-c", "echo; echo one; echo two")).isEmpty();
        assertThat(shell.firstLine("-c", "echo one; echo two")).isEqualTo("one");
        assertThat(new InstalledProgram(folder.resolve("nothing")).firstLine())
                .contains("IOException");
        assertThat(InstalledProgram.find("no-such-program")).isEmpty();
    }

    @Test
    void this_process_has_used_time_and_memory() {
        ProcessResourceUsage use = ProcessResourceUsage.of(ProcessHandle.current());

        assertThat(use.cpu()).isPositive();
        assertThat(use.residentBytes()).isGreaterThan(10_000_000);
    }

    private Corpus corpus() throws IOException {
        return Corpus.write(
                folder.resolve("corpus"),
                new CorpusPlan(
                        3,
                        0,
                        1,
                        LocalDate.of(2026, 11, 21),
                        CorpusKeyType.P256,
                        Set.of(CorpusFile.CSV, CorpusFile.INDEX)),
                _ -> CorpusProgress.SILENT);
    }

    @Test
    void a_metric_is_summed_over_its_labels() {
        String metrics =
                """
                # TYPE signed_total counter
                signed_total{issuer="a"} 12
                signed_total{issuer="b"} 3.0
                signed_total_created 17
                other 5
                """;

        assertThat(PrecertOcspPeer.sum(metrics, "signed_total")).isEqualTo(15);
        assertThat(PrecertOcspPeer.sum(metrics, "other")).isEqualTo(5);
        assertThat(PrecertOcspPeer.sum(metrics, "absent")).isZero();
    }

    @Test
    void a_store_is_copied_with_what_lies_beside_it() throws Exception {
        Path store = Files.createDirectories(folder.resolve("loaded/store"));
        Files.writeString(store.resolve("CURRENT"), "1");
        Files.writeString(
                Files.createDirectories(folder.resolve("loaded/audit")).resolve("a"), "2");
        LoadedStore loaded = new LoadedStore(store, Duration.ZERO, 1, 0);

        Path copy = loaded.copyTo(folder.resolve("cold"));

        assertThat(copy.resolve("CURRENT")).hasContent("1");
        assertThat(folder.resolve("cold/audit/a")).hasContent("2");
        assertThat(LoadedStore.diskBytes(copy)).isEqualTo(1);
    }
}
