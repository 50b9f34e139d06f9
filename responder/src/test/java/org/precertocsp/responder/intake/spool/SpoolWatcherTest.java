package org.precertocsp.responder.intake.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.FeedProvider;
import org.precertocsp.responder.intake.LineFeeds;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ScratchStore;
import org.precertocsp.responder.intake.spool.SpoolClient.News;
import org.precertocsp.responder.intake.spool.SpoolClient.Sending;
import org.precertocsp.responder.intake.spool.SpoolClient.Sent;
import org.precertocsp.responder.task.BackgroundTasks;

@Timeout(120)
final class SpoolWatcherTest {
    private static final ConfiguredIssuer ISSUER =
            new ConfiguredIssuer(
                    "issuer", List.of(TestCa.root("Issuer").certificate()), IssuerProfile.TLS);

    private final ScratchStore store = new ScratchStore();

    @TempDir Path folder;

    @Test
    void a_command_learns_what_the_server_made_of_its_file() throws Exception {
        try (SpoolWatcher watcher = start(new LineFeeds(ISSUER))) {
            LoadSummary summary = answer(send("assign 0a\nrefuse no date\n")).getFirst();

            assertThat(summary.added()).isEqualTo(1);
            assertThat(summary.refused()).isEqualTo(1);
            assertThat(store.serials()).containsExactly("0a");
            assertThat(watcher.state().watching()).isTrue();
            assertThat(watcher.state().lastTaken()).isPresent();
        }
    }

    @Test
    void a_file_that_breaks_its_decoder_does_not_stop_the_others() throws Exception {
        FeedProvider feeds =
                (kind, together) -> {
                    if (kind == FeedKind.CRL) {
                        throw new IllegalStateException("no CRLs today");
                    }
                    return new LineFeeds(ISSUER).feed(kind, together);
                };
        try (SpoolWatcher watcher = start(feeds)) {
            Path crl = Files.writeString(folder.resolve("spool/crl/a.part"), "assign 01\n");
            Files.move(crl, crl.resolveSibling("a.crl"));
            assertThat(answer(send("endless\n")).getFirst().refusedFile()).isPresent();
            assertThat(answer(send("assign 0a\n")).getFirst().clean()).isTrue();

            await(() -> Files.exists(folder.resolve("spool/refused/a.crl.reason.txt")));
            assertThat(watcher.state().watching()).isTrue();
        }
    }

    @Test
    void a_failing_store_shows_in_the_state_and_the_file_waits() throws Exception {
        store.fail(true);
        try (SpoolWatcher watcher = start(new LineFeeds(ISSUER))) {
            Sent sent = send("assign 0a\n");

            await(() -> !watcher.state().problems().isEmpty());
            assertThat(watcher.state().problems().getFirst()).contains("the disk is full");
            assertThat(client().news(sent)).isEqualTo(new News.Waiting(0));
            assertThat(watcher.state().waiting()).isEqualTo(1);
        }
    }

    @Test
    void a_spool_has_one_watcher_and_everybody_sees_whether_it_lives() throws Exception {
        assertThat(client().serverWatches()).isFalse();
        try (SpoolWatcher watcher = start(new LineFeeds(ISSUER))) {
            assertThat(client().serverWatches()).isTrue();
            assertThat(watcher.state().watching()).isTrue();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> start(new LineFeeds(ISSUER)).close())
                    .withMessageContaining("another server watches")
                    .withMessageContaining(String.valueOf(ProcessHandle.current().pid()));
        }
        assertThat(client().serverWatches()).isFalse();
    }

    @Test
    void closing_waits_for_the_current_file_and_leaves_the_next() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        FeedProvider feeds =
                (_, _) ->
                        (_, _) -> {
                            reading.countDown();
                            awaitLatch(goOn);
                        };
        SpoolWatcher watcher = start(feeds);
        Sent sent = send("assign 01\n", "assign 02\n");
        awaitLatch(reading);
        Thread closing =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        watcher.close();
                                    } catch (IOException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
        await(() -> !watcher.state().watching());
        assertThat(closing.isAlive()).isTrue();

        goOn.countDown();
        closing.join();

        assertThat(client().news(sent)).isEqualTo(new News.Waiting(1));
    }

    private SpoolWatcher start(FeedProvider feeds) throws IOException {
        SpoolLoadContext intake =
                new SpoolLoadContext(
                        new FeedLoader(store, InstantSource.system()),
                        feeds,
                        new ConfiguredIssuer.Directory(List.of(ISSUER)),
                        Alarm.LOGGED);
        return SpoolWatcher.start(
                BackgroundTasks.logged(), config(), intake, InstantSource.system());
    }

    private SpoolConfig config() {
        return new SpoolConfig(folder.resolve("spool"), Duration.ofMillis(20), SpoolConfig.KEEP);
    }

    private SpoolClient client() {
        return new SpoolClient(config(), InstantSource.system());
    }

    private Sent send(String... contents) throws IOException {
        List<Sending> files = new ArrayList<>();
        for (String content : contents) {
            Path file = Files.writeString(folder.resolve("f" + files.size()), content);
            files.add(new Sending(file, "f" + files.size()));
        }
        return client().send(FeedKind.CSV, Optional.empty(), LoadOptions.USUAL, files);
    }

    private List<LoadSummary> answer(Sent sent) throws Exception {
        await(() -> client().news(sent) instanceof News.Answered);
        return ((News.Answered) client().news(sent)).summaries();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
