package org.precertocsp.responder.renewal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.renewal.RenewalFixture.NOON;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.status.TestChanges;

final class RecentRequestFilterTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final RecentRequestFilter asked = new RecentRequestFilter(DAY, NOON);

    private static ResponseKey key(long serial) {
        return DueRenewal.usual(TestChanges.key(serial));
    }

    @Test
    void what_was_asked_is_remembered_for_one_period_at_least_and_two_at_most() {
        asked.add(key(1));
        asked.rotate(NOON.plus(DAY));
        assertThat(asked.contains(key(1))).isTrue();
        asked.rotate(NOON.plus(DAY).plusSeconds(5));
        assertThat(asked.contains(key(1))).isTrue();
        asked.rotate(NOON.plus(DAY.multipliedBy(2)));

        assertThat(asked.contains(key(1))).isFalse();
    }

    @Test
    void none_of_a_million_is_missed_and_few_others_are_taken_for_asked() {
        for (int i = 0; i < 1_000_000; i++) {
            asked.add(key(i));
        }
        int missed = 0;
        int mistaken = 0;
        for (int i = 0; i < 1_000_000; i++) {
            missed += asked.contains(key(i)) ? 0 : 1;
            mistaken += asked.contains(key(0x4000_0000L + i)) ? 1 : 0;
        }
        assertThat(missed).isZero();
        assertThat(mistaken).isLessThan(10_000);
    }
}
