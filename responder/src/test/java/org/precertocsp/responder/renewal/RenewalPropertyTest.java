package org.precertocsp.responder.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.precertocsp.MemoryTempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.RenewalDeadline;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;

/// Renewals in a fake clock, with loads, revocations and restarts at any moment.
final class RenewalPropertyTest {
    /// Each side of the sixteen hours at which another rule is the strictest, and the ends of what
    /// a TLS profile allows.
    private static final List<Duration> VALIDITIES =
            List.of(
                    Duration.ofHours(9),
                    Duration.ofHours(15),
                    Duration.ofHours(17),
                    Duration.ofDays(2),
                    Duration.ofDays(7).minusSeconds(1));

    /// A worker held up for less than this part of the time to the deadline is never late.
    private static final int RESERVE = 12;

    @Property(tries = 25)
    @Requirement({"TF-04", "TF-05", "TF-06", "TF-07", "TF-08"})
    void no_response_is_past_its_deadline_however_long_the_worker_rests_within_its_reserve(
            @ForAll long seed) throws IOException, StoreLockedException, InterruptedException {
        Path directory = MemoryTempDir.create("renewals");
        try {
            run(directory, new Random(seed));
        } finally {
            delete(directory);
        }
    }

    private static void run(Path directory, Random random)
            throws StoreLockedException, InterruptedException {
        Duration validity = VALIDITIES.get(random.nextInt(VALIDITIES.size()));
        Duration life =
                Duration.between(
                        RenewalFixture.NOON,
                        RenewalDeadline.of(ValidityWindow.from(RenewalFixture.NOON, validity)));
        List<SerialKey> assigned = new ArrayList<>();
        List<SerialKey> revoked = new ArrayList<>();
        Instant end = RenewalFixture.NOON.plus(life.multipliedBy(3));
        Instant now = RenewalFixture.NOON;
        int renewals = 0;
        while (now.isBefore(end)) {
            try (RenewalFixture it =
                    new RenewalFixture(directory, PresignMode.ALL, now, validity)) {
                int steps = 1 + random.nextInt(40);
                for (int i = 0; i < steps && it.now.isBefore(end); i++) {
                    change(it, random, assigned, revoked);
                    it.settleAll();
                    check(it, assigned, revoked);
                    it.now = it.now.plusSeconds(1 + random.nextLong(life.toSeconds() / RESERVE));
                    checkInTime(it, assigned);
                }
                renewals += it.signed.size();
                now = it.now;
            }
        }
        assertThat(assigned).isNotEmpty();
        assertThat(renewals).as("each is renewed at least twice in three lives").isGreaterThan(2);
    }

    private static void change(
            RenewalFixture it, Random random, List<SerialKey> assigned, List<SerialKey> revoked) {
        if (assigned.isEmpty() || random.nextInt(6) == 0) {
            SerialKey serial = TestChanges.key(random.nextLong());
            it.feed(TestChanges.declared(serial));
            assigned.add(serial);
        }
        if (random.nextInt(20) == 0) {
            SerialKey serial = assigned.get(random.nextInt(assigned.size()));
            it.feed(TestChanges.revoked(serial, RevocationReason.KEY_COMPROMISE));
            revoked.add(serial);
        }
    }

    private static void check(
            RenewalFixture it, List<SerialKey> assigned, List<SerialKey> revoked) {
        for (SerialKey serial : assigned) {
            StoredResponse kept = it.kept(serial).orElseThrow();
            assertThat(kept.window().covers(it.now)).isTrue();
            assertThat(RenewalDeadline.of(kept.window())).isAfter(it.now);
            assertThat(kept.status() instanceof CertStatus.Revoked)
                    .isEqualTo(revoked.contains(serial));
        }
    }

    /// Before the worker is back at work.
    private static void checkInTime(RenewalFixture it, List<SerialKey> assigned) {
        for (SerialKey serial : assigned) {
            assertThat(RenewalDeadline.of(it.kept(serial).orElseThrow().window()))
                    .isAfterOrEqualTo(it.now);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property
    @Requirement("TF-08")
    void a_response_is_planned_after_it_is_signed_and_before_its_deadline(
            @ForAll long serial, @ForAll @LongRange(min = 60, max = 31_622_400) long validity) {
        ValidityWindow window =
                ValidityWindow.from(RenewalFixture.NOON, Duration.ofSeconds(validity));

        // Between two seconds in a row there is none.
        Assume.that(RenewalDeadline.of(window).isAfter(window.thisUpdate().plusSeconds(1)));

        Instant planned = RenewalPlan.of(DueRenewal.usual(TestChanges.key(serial)), window);

        assertThat(planned).isAfter(window.thisUpdate()).isBefore(RenewalDeadline.of(window));
    }

    @Property
    @Requirement("TF-08")
    void a_response_of_little_over_eight_hours_is_planned_between_too(
            @ForAll long serial, @ForAll @LongRange(min = 28_802, max = 28_860) long validity) {
        a_response_is_planned_after_it_is_signed_and_before_its_deadline(serial, validity);
    }

    @Property(tries = 1)
    void responses_signed_together_are_planned_evenly_over_a_quarter_of_their_life() {
        ValidityWindow window = ValidityWindow.from(RenewalFixture.NOON, Duration.ofDays(2));
        int[] hours = new int[25];
        for (int i = 0; i < 60_000; i++) {
            Instant planned =
                    RenewalPlan.of(DueRenewal.usual(TestChanges.key(0x1000_0000L + i)), window);
            hours[(int) Duration.between(RenewalFixture.NOON, planned).toHours()]++;
        }

        // The deadline is after 24 hours, of which two stay free.
        for (int hour = 0; hour < hours.length; hour++) {
            int expected = hour >= 16 && hour < 22 ? 10_000 : 0;
            assertThat(hours[hour])
                    .as("hour %d", hour)
                    .isBetween(expected * 9 / 10, expected * 11 / 10);
        }
    }
}
