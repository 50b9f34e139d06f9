package org.precertocsp.responder.metrics.unassigned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.FakeClock;

final class UnassignedMonitorTest {
    private static final IssuerKey ALPHA = TestCa.root("Alpha").certificate().key();
    private static final IssuerKey BETA = TestCa.root("Beta").certificate().key();
    private static final IssuerKey OTHER = TestCa.root("Other").certificate().key();
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir Path folder;
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T10:00:00Z"));
    private final FakeAlarm alarm = new FakeAlarm();
    private final List<Incident> raised = alarm.raised();
    private final Random random = new Random(1);

    @Test
    void requests_are_counted_exactly_and_serials_estimated_for_each_issuer() throws Exception {
        try (UnassignedMonitor monitor = monitor()) {
            for (int i = 0; i < 4_000; i++) {
                ask(monitor, ALPHA, random(16));
                if (i % 10 == 0) {
                    ask(monitor, ALPHA, new byte[] {0x0a, 0x1b});
                }
                ask(monitor, BETA, new byte[] {7});
                ask(monitor, OTHER, random(20));
                if (i % 1_000 == 0) {
                    monitor.update();
                }
            }
        }
        UnassignedReport report = report("2026-11-21T10:59:00Z");

        assertThat(report.issuers())
                .extracting(UnassignedReport.OfIssuer::issuer)
                .containsExactly("alpha", "beta");
        UnassignedReport.OfIssuer alpha = report.issuers().getFirst();
        assertThat(alpha.requests()).isEqualTo(4_400);
        assertThat(alpha.distinct()).isCloseTo(4_001, within(200L));
        assertThat(alpha.most().getFirst().serial()).isEqualTo("0a1b");
        assertThat(alpha.most().getFirst().requests()).isCloseTo(400, within(20L));
        assertThat(alpha.most().getFirst().atLeast()).isLessThanOrEqualTo(400);
        assertThat(report.issuers().getLast().most())
                .containsExactly(
                        new UnassignedReport.Often(
                                "07",
                                4_000,
                                4_000,
                                Instant.parse("2026-11-21T10:00:00Z"),
                                Instant.parse("2026-11-21T11:00:00Z")));
    }

    @Test
    void hours_go_on_after_a_restart_and_are_added_up_in_a_report() throws Exception {
        try (UnassignedMonitor monitor = monitor()) {
            ask(monitor, ALPHA, new byte[] {1});
        }
        try (UnassignedMonitor monitor = monitor()) {
            ask(monitor, ALPHA, new byte[] {1});
            monitor.update();
            clock.pass(Duration.ofHours(2));
            monitor.update();
            ask(monitor, ALPHA, new byte[] {1});
            ask(monitor, ALPHA, new byte[] {2});
        }

        UnassignedReport.OfIssuer all = report("2026-11-21T12:30:00Z").issuers().getFirst();
        assertThat(all.requests()).isEqualTo(4);
        assertThat(all.distinct()).isEqualTo(2);
        assertThat(all.most().getFirst().requests()).isEqualTo(3);
        assertThat(all.most().getFirst().last()).isEqualTo("2026-11-21T13:00:00Z");

        UnassignedReport late =
                UnassignedReport.read(
                        folder,
                        Instant.parse("2026-11-21T11:00:00Z"),
                        Instant.parse("2026-11-21T12:30:00Z"),
                        10);
        assertThat(late.issuers().getFirst().requests()).isEqualTo(2);
    }

    @Test
    void a_surge_is_raised_for_its_issuer_alone_and_known_from_before_a_restart() throws Exception {
        try (UnassignedMonitor monitor = monitor()) {
            for (int minute = 0; minute < 70; minute++) {
                ask(monitor, ALPHA, random(8));
                ask(monitor, BETA, random(8));
                pass(monitor);
            }
        }
        assertThat(raised).isEmpty();
        try (UnassignedMonitor monitor = monitor()) {
            for (int i = 0; i < 100; i++) {
                ask(monitor, BETA, random(8));
            }
            pass(monitor);
            assertThat(alarm.open()).containsExactly("UNASSIGNED_SURGE beta");
        }
        try (UnassignedMonitor monitor = monitor()) {
            pass(monitor);
            assertThat(alarm.open()).as("after a restart, too").isEmpty();
        }

        assertThat(raised)
                .singleElement()
                .satisfies(
                        incident -> {
                            assertThat(incident.kind()).isEqualTo(Incident.Kind.UNASSIGNED_SURGE);
                            assertThat(incident.about()).isEqualTo("beta");
                            assertThat(incident.what())
                                    .contains("100 requests in 10 minutes", "where 10 are usual");
                        });
    }

    @Test
    void a_flood_beyond_the_ring_is_still_counted_whole() throws Exception {
        int flood = 3 * SerialRingBuffer.SLOTS;
        try (UnassignedMonitor monitor = monitor()) {
            for (int i = 0; i < flood; i++) {
                ask(monitor, ALPHA, random(8));
            }
            monitor.update();
            assertThat(monitor.counts().getFirst().requests()).isEqualTo(flood);
        }
        assertThat(report("2026-11-21T10:00:00Z").issuers().getFirst().requests()).isEqualTo(flood);
    }

    @Test
    void threads_that_ended_are_counted_and_forgotten() throws Exception {
        try (UnassignedMonitor monitor = monitor()) {
            for (int i = 0; i < 5; i++) {
                Thread thread =
                        Thread.ofPlatform().start(() -> ask(monitor, ALPHA, new byte[] {1}));
                thread.join();
                monitor.update();
            }
            assertThat(monitor.counts().getFirst().requests()).isEqualTo(5);
        }
    }

    @Test
    void any_number_of_threads_is_counted_with_a_bounded_number_of_rings() throws Exception {
        int threads = 3 * UnassignedMonitor.MAX_RINGS;
        try (UnassignedMonitor monitor = monitor()) {
            CountDownLatch asked = new CountDownLatch(threads);
            CountDownLatch over = new CountDownLatch(1);
            for (int i = 0; i < threads; i++) {
                byte[] serial = random(16);
                Thread _ =
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            ask(monitor, ALPHA, serial);
                                            asked.countDown();
                                            try {
                                                over.await();
                                            } catch (InterruptedException e) {
                                                throw new IllegalStateException(e);
                                            }
                                        });
            }
            asked.await();

            // Threads that begin at the same time may each find room for one more.
            assertThat(monitor.rings()).isBetween(1, UnassignedMonitor.MAX_RINGS + 8);
            monitor.update();
            over.countDown();
            assertThat(monitor.counts().getFirst().requests()).isEqualTo(threads);
        }
    }

    @Test
    void hours_older_than_they_are_kept_are_removed() throws Exception {
        try (UnassignedMonitor monitor = monitor()) {
            ask(monitor, ALPHA, new byte[] {1});
            monitor.update();
            clock.pass(Duration.ofHours(1));
            monitor.update();
            assertThat(Files.exists(folder.resolve("2026-11-21T10Z.json"))).isTrue();
            clock.pass(Duration.ofDays(91));
            monitor.update();
            assertThat(Files.exists(folder.resolve("2026-11-21T10Z.json"))).isFalse();
        }
    }

    private void pass(UnassignedMonitor monitor) {
        monitor.update();
        clock.pass(MINUTE);
        monitor.update();
    }

    private UnassignedMonitor monitor() throws IOException {
        return UnassignedMonitor.open(
                new UnassignedConfig(folder, Duration.ofDays(90), 5, 50),
                Map.of(ALPHA, "alpha", BETA, "beta"),
                alarm,
                clock);
    }

    private UnassignedReport report(String now) throws IOException {
        return UnassignedReport.read(
                folder, Instant.parse("2026-11-21T00:00:00Z"), Instant.parse(now), 20);
    }

    private byte[] random(int length) {
        byte[] serial = new byte[length];
        random.nextBytes(serial);
        serial[0] = (byte) ((serial[0] & 0x3f) | 0x40);
        return serial;
    }

    private static void ask(UnassignedMonitor monitor, IssuerKey issuer, byte[] serial) {
        monitor.asked(issuer, serial, 0, serial.length);
    }
}
