package org.precertocsp.responder.intake.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.LineFeeds;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.LoadSummaryJson;
import org.precertocsp.responder.intake.ScratchStore;
import org.precertocsp.responder.intake.spool.SpoolClient.News;
import org.precertocsp.responder.intake.spool.SpoolClient.Sending;
import org.precertocsp.responder.intake.spool.SpoolClient.Sent;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreException;

final class SpoolProcessorTest {
    private static final ConfiguredIssuer FIRST = issuer("first");
    private static final ConfiguredIssuer SECOND = issuer("second");

    private final ScratchStore store = new ScratchStore();
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T10:00:00Z"));
    private final List<LoadSummary> processed = new ArrayList<>();
    private final FakeAlarm alarm = new FakeAlarm();

    @TempDir Path folder;
    private Path spool = Path.of("");
    private Path outside = Path.of("");

    @BeforeEach
    void make_the_spool() throws IOException {
        spool = folder.resolve("spool");
        outside = Files.createDirectory(folder.resolve("outside"));
        new SpoolDirectories(spool).create();
    }

    @Test
    void a_dropped_file_is_loaded_and_moved_with_its_result_beside_it() throws Exception {
        Path file = drop("csv/list.csv", "assign 0a\nrefuse no date\n");

        assertThat(takeAll()).isEmpty();

        assertThat(store.serials()).containsExactly("0a");
        assertThat(file).doesNotExist();
        assertThat(names("done"))
                .containsExactly("list.csv", "list.csv.reason.txt", "list.csv.result.json");
        assertThat(spool.resolve("done/list.csv.reason.txt"))
                .content()
                .contains("1 records were rejected", "line 2: no date");
        assertThat(alarm.open()).containsExactly("FEED_REFUSED csv/list.csv");
        LoadSummary result = LoadSummaryJson.read(spool.resolve("done/list.csv.result.json"));
        assertThat(result.file()).isEqualTo("csv/list.csv");
        assertThat(result.added()).isEqualTo(1);
        assertThat(result.refused()).isEqualTo(1);
    }

    @Test
    void a_refused_file_is_moved_with_the_reason_in_words() throws Exception {
        drop("crl/ca.crl", "assign 0a\nwarn odd\nstop its signature is wrong\n");

        takeAll();

        assertThat(store.serials()).isEmpty();
        assertThat(names("refused"))
                .containsExactly("ca.crl", "ca.crl.reason.txt", "ca.crl.result.json");
        assertThat(spool.resolve("refused/ca.crl.reason.txt"))
                .content()
                .contains("crl/ca.crl", "its signature is wrong", "line 2: odd")
                .contains("rename it into\n" + spool.resolve("crl"));
    }

    @Test
    void the_alert_of_a_refused_file_ends_with_one_of_its_name_that_is_taken() throws Exception {
        drop("csv/list.csv", "refuse no date\n");
        takeAll();
        drop("csv/list.csv", "assign 0a\n");

        takeAll();

        assertThat(alarm.raised()).hasSize(1);
        assertThat(alarm.open()).isEmpty();
    }

    /// Latin-1 as an old file server has it: no text in a UTF-8 locale, and octets all the same.
    @Test
    void a_file_whose_name_is_no_text_is_taken_and_holds_up_no_other() throws Exception {
        Path named = drop("csv/placeholder", "assign 0a\n");
        rename(named, "m\\374nchen.csv");
        drop("csv/zz.csv", "assign 0b\n");

        assertThat(takeAll()).isEmpty();

        assertThat(store.serials()).containsExactlyInAnyOrder("0a", "0b");
        assertThat(names("done")).contains("m%FCnchen.csv", "zz.csv");
        assertThat(names("csv")).isEmpty();
    }

    /// Java cannot write such a name itself.
    private static void rename(Path file, String octal) throws Exception {
        Process shell =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "mv \"$1\" \"$(dirname \"$1\")/$(printf \"$2\")\"",
                                "sh",
                                file.toString(),
                                octal)
                        .inheritIO()
                        .start();
        assertThat(shell.waitFor()).isZero();
    }

    /// A server started with an earlier configuration would only find that signatures do not
    /// verify.
    @Test
    void issuers_the_running_server_does_not_have_are_known_before_anything_is_sent()
            throws Exception {
        ConfiguredIssuer rolledOver =
                new ConfiguredIssuer(
                        "first",
                        List.of(TestCa.root("other key").certificate()),
                        IssuerProfile.TLS);
        ConfiguredIssuer.Directory now =
                new ConfiguredIssuer.Directory(List.of(FIRST, SECOND, issuer("third"), rolledOver));
        try (WatcherLock _ =
                WatcherLock.acquire(
                        spool.resolve("watcher.alive"),
                        SpoolDirectories.issuers(
                                new ConfiguredIssuer.Directory(List.of(FIRST, SECOND))))) {
            assertThat(client().missingInServer(now)).containsExactly("third", "first");
        }
    }

    @Test
    void a_folder_swapped_for_a_link_leads_nowhere() throws Exception {
        Path audit = Files.createDirectory(folder.resolve("audit"));
        Files.writeString(audit.resolve("key.pem"), "secret");
        Sent sent = send("assign 0a\n");
        Path parcel = spool.resolve("certificates/+" + sent.id());
        SpoolProcessor worker = worker();
        SpoolScanner.Scan look = worker.scan();
        Files.move(parcel, folder.resolve("elsewhere"));
        Files.createSymbolicLink(parcel, audit);

        worker.process(look, () -> false);

        assertThat(audit.resolve("key.pem")).hasContent("secret");
        assertThat(names("refused")).contains("+" + sent.id() + ".reason.txt");
    }

    @Test
    void a_file_of_a_parcel_swapped_for_a_link_is_not_read() throws Exception {
        Path secret = file("secret", "assign 0f\n");
        Sent sent = send("assign 0a\n");
        Path parcel = spool.resolve("certificates/+" + sent.id());
        Path inside = parcel.resolve(sent.stored().getFirst());
        Files.delete(inside);
        Files.createSymbolicLink(inside, secret);

        takeAll();

        assertThat(store.serials()).isEmpty();
        assertThat(secret).exists();
        assertThat(((News.Answered) client().news(sent)).summaries().getFirst().refusedFile())
                .hasValueSatisfying(why -> assertThat(why).contains("not a regular file"));
    }

    @Test
    void what_was_processed_is_deleted_when_it_was_kept_long_enough() throws Exception {
        drop("csv/old.csv", "assign 01\n");
        drop("csv/bad.csv", "stop unreadable\n");
        takeAll();
        for (String old :
                List.of(
                        "done/old.csv.result.json",
                        "refused/bad.csv.result.json",
                        "refused/bad.csv.reason.txt")) {
            Files.setLastModifiedTime(
                    spool.resolve(old), FileTime.from(clock.instant().minus(Duration.ofDays(91))));
        }
        drop("csv/new.csv", "assign 02\n");
        takeAll();
        Files.setLastModifiedTime(
                spool.resolve("done/new.csv.result.json"), FileTime.from(clock.instant()));

        worker().sweep(SpoolConfig.KEEP);

        assertThat(names("done")).containsExactly("new.csv", "new.csv.result.json");
        assertThat(names("refused")).isEmpty();
    }

    @Test
    void a_file_being_written_is_left_alone() throws Exception {
        drop("csv/.hidden", "assign 01\n");
        drop("csv/a.csv.tmp", "assign 02\n");
        drop("csv/a.csv.part", "assign 03\n");
        Path fresh = drop("csv/fresh.csv", "assign 04\n");
        Files.setLastModifiedTime(fresh, FileTime.from(clock.instant()));

        takeAll();
        assertThat(store.serials()).isEmpty();

        clock.pass(SpoolScanner.UNCHANGED_FOR);
        takeAll();
        assertThat(store.serials()).containsExactly("04");
        assertThat(names("csv")).containsExactly(".hidden", "a.csv.part", "a.csv.tmp");
    }

    @Test
    void a_file_in_a_sub_folder_is_about_the_issuer_of_that_name() throws Exception {
        drop("index/second/index.txt", "assign 0a\n");

        takeAll();

        assertThat(store.find(new SerialKey(SECOND.key(), Serial.ofHex("0a")))).isPresent();
    }

    @Test
    void a_sub_folder_of_no_issuer_is_refused_and_the_issuers_named() throws Exception {
        drop("index/third/index.txt", "assign 0a\n");

        takeAll();

        assertThat(store.serials()).isEmpty();
        assertThat(spool.resolve("refused/index.txt.reason.txt"))
                .content()
                .contains("no issuer named 'third'", "first, second");
    }

    @Test
    void nothing_in_done_is_ever_overwritten() throws Exception {
        for (String serial : List.of("01", "02", "03")) {
            drop("csv/list.csv", "assign " + serial + "\n");
            takeAll();
        }

        assertThat(names("done").stream().filter(name -> !name.endsWith(".json")))
                .containsExactly(
                        "list.csv", "list.csv.20261121T100000Z", "list.csv.20261121T100000Z-2");
        assertThat(spool.resolve("done/list.csv")).hasContent("assign 01\n");
        assertThat(spool.resolve("done/list.csv.20261121T100000Z-2")).hasContent("assign 03\n");
    }

    @Test
    void a_name_as_long_as_the_file_system_allows_is_cut() throws Exception {
        drop("csv/" + "n".repeat(255), "assign 01\n");

        assertThat(takeAll()).isEmpty();

        assertThat(names("csv")).isEmpty();
        assertThat(names("done")).hasSize(2);
    }

    @Test
    void links_and_folders_are_refused_not_followed() throws Exception {
        Path secret = Files.writeString(outside.resolve("secret"), "assign 0a\n");
        Files.createSymbolicLink(spool.resolve("csv/link.csv"), secret);
        Files.createSymbolicLink(spool.resolve("csv/second"), outside);
        Files.createDirectories(spool.resolve("csv/first/nested"));
        clock.pass(Duration.ofDays(36_500));

        takeAll();

        assertThat(store.serials()).isEmpty();
        assertThat(secret).hasContent("assign 0a\n");
        assertThat(names("refused")).contains("link.csv", "second", "nested");
        assertThat(spool.resolve("refused/link.csv.reason.txt"))
                .content()
                .contains("not a regular file");
    }

    @Test
    void a_file_committed_but_not_moved_before_a_crash_is_taken_again_to_no_effect()
            throws Exception {
        drop("csv/list.csv", "assign 0a\n");
        Files.delete(spool.resolve("done"));
        Files.writeString(spool.resolve("done"), "in the way");
        takeAll();
        assertThat(store.serials()).containsExactly("0a");
        assertThat(names("processing/csv/-")).containsExactly("list.csv");
        Files.delete(spool.resolve("done"));
        new SpoolDirectories(spool).create();

        assertThat(takeAll()).isEmpty();

        assertThat(LoadSummaryJson.read(spool.resolve("done/list.csv.result.json")).unchanged())
                .isEqualTo(1);
        assertThat(names("csv")).isEmpty();
    }

    @Test
    void a_file_that_cannot_be_moved_is_not_processed_for_ever() throws Exception {
        drop("csv/list.csv", "assign 0a\n");
        Files.delete(spool.resolve("done"));
        Files.writeString(spool.resolve("done"), "in the way");
        SpoolProcessor worker = worker();

        assertThat(worker.process(worker.scan(), () -> false))
                .singleElement()
                .asString()
                .contains("cannot be moved");
        worker.process(worker.scan(), () -> false);
        assertThat(processed).hasSize(1);

        clock.pass(SpoolProcessor.RETRY);
        worker.process(worker.scan(), () -> false);
        assertThat(processed).hasSize(2);
    }

    @Test
    void a_failing_store_leaves_files_for_later() throws Exception {
        drop("csv/list.csv", "assign 0a\n");
        store.fail(true);
        SpoolProcessor worker = worker();

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> worker.process(worker.scan(), () -> false));
        assertThat(names("processing/csv/-")).containsExactly("list.csv");

        store.fail(false);
        worker.process(worker.scan(), () -> false);
        assertThat(store.serials()).containsExactly("0a");
    }

    @Test
    void certificates_come_before_crls_and_older_files_before_newer() throws Exception {
        drop("crl/a.crl", "revoke 01\n");
        Path newer = drop("certificates/a.pem", "assign 01\n");
        drop("certificates/b.pem", "assign 02\n");
        Files.setLastModifiedTime(newer, FileTime.from(clock.instant().minusSeconds(10)));

        takeAll();

        assertThat(processed.stream().map(LoadSummary::file))
                .containsExactly("certificates/b.pem", "certificates/a.pem", "crl/a.crl");
    }

    @Test
    void files_sent_together_explain_one_another_and_keep_their_names() throws Exception {
        Sent sent = send("by PSC\nassign 0a\n", "signer PSC\n");
        assertThat(client().news(sent)).isEqualTo(new News.Waiting(0));

        takeAll();

        assertThat(client().news(sent)).isInstanceOf(News.Answered.class);
        List<LoadSummary> summaries = ((News.Answered) client().news(sent)).summaries();
        assertThat(summaries.stream().map(LoadSummary::file))
                .containsExactly("in/0.pem", "in/1.pem");
        assertThat(summaries).allMatch(LoadSummary::clean);
        assertThat(store.committed().getFirst().name()).isEqualTo("in/0.pem");
        assertThat(names("certificates")).isEmpty();
        assertThat(names("done")).hasSize(4).allMatch(name -> name.startsWith("20261121T100000Z-"));
    }

    @Test
    void files_sent_together_still_explain_one_another_after_a_crash_between_them()
            throws Exception {
        Sent sent = send("signer PSC\nassign 01\n", "by PSC\nassign 02\n");
        SpoolProcessor worker = worker();
        worker.process(worker.scan(), () -> !processed.isEmpty());
        assertThat(client().news(sent)).isEqualTo(new News.Waiting(1));

        takeAll();

        assertThat(processed).hasSize(2).allMatch(LoadSummary::clean);
        assertThat(((News.Answered) client().news(sent)).summaries()).isEqualTo(processed);
    }

    @Test
    void what_is_sent_goes_to_the_issuer_the_operator_named() throws Exception {
        client().send(
                        FeedKind.INDEX,
                        Optional.of("second"),
                        LoadOptions.USUAL,
                        List.of(new Sending(file("i.txt", "assign 0a\n"), "i.txt")));

        takeAll();

        assertThat(store.find(new SerialKey(SECOND.key(), Serial.ofHex("0a")))).isPresent();
    }

    @Test
    void a_folder_that_only_looks_sent_is_returned() throws Exception {
        Sent sent = send("assign 0a\n");
        Path parcel = spool.resolve("certificates/+" + sent.id());
        Files.writeString(
                parcel.resolve(BatchManifest.FILE),
                "{\"items\":[{\"stored\":\"../../../outside/x\",\"name\":\"x\"}]}");

        takeAll();

        assertThat(client().news(sent)).isInstanceOf(News.Returned.class);
        assertThat(((News.Returned) client().news(sent)).why()).contains("not a plain file name");
        assertThat(store.serials()).isEmpty();
        assertThat(alarm.open()).containsExactly("FEED_REFUSED arrived/certificates/+" + sent.id());
    }

    @Test
    void two_commands_never_choose_the_same_name() throws Exception {
        Sent one = send("assign 01\n");
        Sent other = send("assign 02\n");

        assertThat(one.stored()).doesNotContainAnyElementsOf(other.stored());
        takeAll();
        assertThat(store.serials()).containsExactly("01", "02");
    }

    @Test
    void only_owner_and_group_may_look_into_the_spool() throws Exception {
        Sent sent = send("assign 01\n");
        Path parcel = spool.resolve("certificates/+" + sent.id());

        assertThat(permissions(spool)).isEqualTo("rwxr-x---");
        assertThat(permissions(spool.resolve("crl"))).isEqualTo("rwxr-x---");
        assertThat(permissions(parcel)).isEqualTo("rwxr-x---");
        assertThat(permissions(parcel.resolve(sent.stored().getFirst()))).isEqualTo("rw-r-----");
        takeAll();
        assertThat(
                        permissions(
                                spool.resolve("done")
                                        .resolve(sent.stored().getFirst() + ".result.json")))
                .isEqualTo("rw-r-----");
    }

    @Test
    void what_cannot_be_sent_leaves_nothing_behind() throws Exception {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(
                        () ->
                                client().send(
                                                FeedKind.CRL,
                                                Optional.empty(),
                                                LoadOptions.USUAL,
                                                List.of(
                                                        new Sending(
                                                                outside.resolve("missing"),
                                                                "missing"))));

        assertThat(names("tmp")).isEmpty();
        assertThat(names("crl")).isEmpty();
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static ConfiguredIssuer issuer(String name) {
        return new ConfiguredIssuer(
                name, List.of(TestCa.root(name).certificate()), IssuerProfile.TLS);
    }

    private SpoolProcessor worker() {
        return new SpoolProcessor(
                new SpoolDirectories(spool),
                new SpoolLoadContext(
                        new FeedLoader(store, clock),
                        new LineFeeds(FIRST),
                        new ConfiguredIssuer.Directory(List.of(FIRST, SECOND)),
                        alarm),
                clock,
                processed::add);
    }

    private List<String> takeAll() {
        SpoolProcessor worker = worker();
        return worker.process(worker.scan(), () -> false);
    }

    private SpoolClient client() {
        return new SpoolClient(
                new SpoolConfig(spool, Duration.ofSeconds(1), SpoolConfig.KEEP), clock);
    }

    private Sent send(String... contents) throws IOException {
        List<Sending> files = new ArrayList<>();
        for (String content : contents) {
            String name = files.size() + ".pem";
            files.add(new Sending(file(name, content), "in/" + name));
        }
        return client().send(FeedKind.CERTIFICATES, Optional.empty(), LoadOptions.USUAL, files);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(outside.resolve(name), content);
    }

    private Path drop(String name, String content) throws IOException {
        Path file = spool.resolve(name);
        Files.createDirectories(file.resolveSibling(".").normalize());
        Files.writeString(file, content);
        Files.setLastModifiedTime(file, FileTime.from(clock.instant().minusSeconds(60)));
        return file;
    }

    private List<String> names(String of) throws IOException {
        try (Stream<Path> listing = Files.list(spool.resolve(of))) {
            return listing.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }
}
