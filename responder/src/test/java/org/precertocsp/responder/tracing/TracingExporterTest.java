package org.precertocsp.responder.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.TestWait.await;
import static org.precertocsp.responder.tracing.TracingFixture.config;
import static org.precertocsp.responder.tracing.TracingFixture.spans;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.UnreadableFileException;
import org.precertocsp.responder.tracing.TracingConfig.Header;
import org.precertocsp.signer.key.SecretSource;
import org.slf4j.LoggerFactory;

/// How spans come to a collector, and what becomes of them where there is none.
final class TracingExporterTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir Path folder;

    @Test
    void a_file_loaded_is_a_trace_of_its_own_sent_before_the_end() throws Exception {
        try (FakeCollector collector = FakeCollector.start()) {
            try (TracingExporter traces =
                    TracingExporter.start(config(collector.endpoint(), 0), CLOCK)) {
                spans(traces, 1);
                assertThatThrownBy(
                                () ->
                                        traces.loads()
                                                .around(
                                                        FeedKind.CSV,
                                                        () -> {
                                                            throw new UnreadableFileException(
                                                                    "4711.csv", new IOException());
                                                        }))
                        .isInstanceOf(UnreadableFileException.class);
            }
            assertThat(FakeCollector.words(collector.only("load crl")))
                    .isEqualTo(
                            Map.of(
                                    "feed.kind", "crl",
                                    "feed.result", "taken",
                                    "feed.added", "1",
                                    "feed.changed", "2",
                                    "feed.unchanged", "3",
                                    "feed.refused", "4"));
            assertThat(FakeCollector.words(collector.only("load csv")))
                    .containsEntry("error.type", UnreadableFileException.class.getName());
            assertThat(collector.senders().getFirst())
                    .containsEntry("service.name", "precert-ocsp")
                    .containsKey("service.instance.id")
                    .containsEntry("telemetry.sdk.language", "java");
            // The name of a file may hold a serial.
            assertThat(collector.octets().toStringUtf8()).doesNotContain("4711");
        }
    }

    @Test
    void a_collector_that_never_answers_holds_nobody_up_and_no_more_than_the_queue()
            throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            URI endpoint = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/v1/traces");
            int more = 5_000;
            TracingExporter traces = TracingExporter.start(config(endpoint, 1), CLOCK);
            spans(traces, TracingExporter.MAX_WAITING + more);

            // Not one was let go: all that was begun has ended meanwhile, and is here or counted.
            assertThat(traces.figures()).isEqualTo(new SpanCounts(0, more, 0));
            long begin = System.nanoTime();
            traces.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    void a_collector_that_fails_is_told_of_once_and_once_when_it_is_back() throws Exception {
        ListAppender<ILoggingEvent> log = listening();
        try (FakeCollector collector = FakeCollector.start();
                TracingExporter traces =
                        TracingExporter.start(config(collector.endpoint(), 1), CLOCK)) {
            collector.answer(503);
            send(traces, collector, 1);
            send(traces, collector, 2);
            collector.answer(302);
            send(traces, collector, 3);
            collector.answer(200);
            send(traces, collector, 4);
            send(traces, collector, 5);
            awaitFigures(traces, 2L * TracingExporter.MAX_TOGETHER);

            assertThat(traces.figures())
                    .isEqualTo(
                            new SpanCounts(
                                    2L * TracingExporter.MAX_TOGETHER,
                                    0,
                                    3L * TracingExporter.MAX_TOGETHER));
            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .satisfiesExactly(
                            line ->
                                    assertThat(line)
                                            .startsWith(
                                                    "traces do not reach " + collector.endpoint())
                                            .contains("it answered 503"),
                            line -> assertThat(line).endsWith("again"));
        } finally {
            logger().detachAppender(log);
            logger().setLevel(null);
        }
    }

    /// One full batch, which waits for no company.
    private static void send(TracingExporter traces, FakeCollector collector, int post)
            throws Exception {
        spans(traces, TracingExporter.MAX_TOGETHER);
        collector.await(it -> it.posts() == post);
        long done = (long) post * TracingExporter.MAX_TOGETHER;
        await(() -> traces.figures().sent() + traces.figures().failed() >= done);
    }

    private static void awaitFigures(TracingExporter traces, long sent) {
        await(() -> traces.figures().sent() >= sent);
    }

    @Test
    void headers_carry_what_their_files_hold_now() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "Bearer one\nmore\n");
        try (FakeCollector collector = FakeCollector.start();
                TracingExporter traces =
                        TracingExporter.start(withHeader(collector.endpoint(), secret), CLOCK)) {
            send(traces, collector, 1);
            Files.writeString(secret, "Bearer two\n");
            send(traces, collector, 2);

            assertThat(collector.authorizations()).containsExactly("Bearer one", "Bearer two");
        }
    }

    @Test
    void a_header_without_its_secret_keeps_spans_here() throws Exception {
        try (FakeCollector collector = FakeCollector.start();
                TracingExporter traces =
                        TracingExporter.start(
                                withHeader(collector.endpoint(), folder.resolve("none")), CLOCK)) {
            spans(traces, TracingExporter.MAX_TOGETHER);
            await(() -> traces.figures().failed() >= TracingExporter.MAX_TOGETHER);

            assertThat(collector.posts()).isZero();
        }
    }

    private static TracingConfig withHeader(URI endpoint, Path secret) {
        return new TracingConfig(
                endpoint,
                1,
                List.of(new Header("Authorization", new SecretSource.FromFile(secret))),
                Optional.empty(),
                Duration.ofSeconds(30));
    }

    @Test
    void a_ca_that_is_none_is_refused_at_the_start() throws Exception {
        Path empty = Files.writeString(folder.resolve("ca.pem"), "");
        TracingConfig config =
                new TracingConfig(
                        URI.create("https://127.0.0.1:1/v1/traces"),
                        1,
                        List.of(),
                        Optional.of(empty),
                        Duration.ofSeconds(1));

        assertThatThrownBy(() -> TracingExporter.start(config, CLOCK))
                .hasMessageContaining(empty + " holds no certificate");
    }

    private static ListAppender<ILoggingEvent> listening() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger().setLevel(Level.INFO);
        logger().addAppender(log);
        return log;
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(CollectorHttpSender.class);
    }
}
