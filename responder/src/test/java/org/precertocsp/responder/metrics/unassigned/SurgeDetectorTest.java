package org.precertocsp.responder.metrics.unassigned;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SurgeDetectorTest {
    private static final int DAY = 24 * 60;
    private final SurgeDetector surge = new SurgeDetector(10, 1_000, new SurgeDetector.Kept(0, 0));

    @Test
    void ten_times_the_usual_of_the_last_day_in_ten_minutes_is_a_surge() {
        pass(DAY, 20);

        assertThat(firstSurge(9, 209)).isEmpty();
        SurgeDetector.Found found = surge.minute(400).orElseThrow();
        assertThat(found.requests()).isEqualTo(9 * 209 + 400);
        assertThat(found.usual()).isBetween(200.0, 225.0);
    }

    @Test
    void little_is_never_a_surge_however_little_is_usual() {
        pass(DAY, 0);

        assertThat(firstSurge(20, 99)).isEmpty();
        assertThat(firstSurge(10, 101)).isPresent();
    }

    @Test
    void nothing_is_a_surge_while_nobody_knows_what_is_usual() {
        assertThat(firstSurge(SurgeDetector.LEARNING_MINUTES, 100_000)).isEmpty();
        assertThat(firstSurge(10, 100_000)).as("it is the usual then").isEmpty();
    }

    @Test
    void a_flood_does_not_teach_itself_within_hours_and_is_the_usual_after_days() {
        pass(DAY, 20);

        for (int minute = 0; minute < 10; minute++) {
            surge.minute(1_000_000);
        }
        for (int minute = 0; minute < 6 * 60; minute++) {
            assertThat(surge.minute(1_000_000)).isPresent();
        }
        pass(30 * DAY, 1_000_000);
        assertThat(surge.minute(1_000_000)).isEmpty();
    }

    @Test
    void what_is_usual_is_known_again_after_a_restart() {
        pass(DAY, 20);
        SurgeDetector.Kept kept = surge.kept();
        assertThat(kept.perMinute()).isBetween(19.9, 20.1);

        SurgeDetector restarted = new SurgeDetector(10, 1_000, kept);
        assertThat(restarted.minute(2_500)).isPresent();
    }

    private void pass(int minutes, long requests) {
        for (int minute = 0; minute < minutes; minute++) {
            surge.minute(requests);
        }
    }

    private Optional<SurgeDetector.Found> firstSurge(int minutes, long requests) {
        for (int minute = 0; minute < minutes; minute++) {
            Optional<SurgeDetector.Found> found = surge.minute(requests);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
