package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.ValidityWindow;

final class RenewalDeadlineTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    @Property
    @Requirement({"TF-04", "TF-05", "TF-06", "TF-07", "TF-08"})
    void renewal_meets_every_deadline_there_is(
            @ForAll @LongRange(min = 28_801, max = 863_999) long seconds) {
        ValidityWindow window = ValidityWindow.from(NOW, Duration.ofSeconds(seconds));
        Instant renewal = RenewalDeadline.of(window);

        assertThat(renewal).isAfter(NOW).isBefore(window.nextUpdate());
        assertThat(renewal).isBeforeOrEqualTo(NOW.plusSeconds((seconds + 1) / 2));
        assertThat(renewal).isBeforeOrEqualTo(window.nextUpdate().minus(Duration.ofHours(8)));
        assertThat(renewal).isBeforeOrEqualTo(NOW.plus(Duration.ofDays(4)));
    }

    @Property
    @Requirement("TF-04")
    void short_windows_are_renewed_half_way(
            @ForAll @LongRange(min = 2, max = 28_800) long seconds) {
        Instant renewal = RenewalDeadline.of(ValidityWindow.from(NOW, Duration.ofSeconds(seconds)));

        assertThat(Duration.between(NOW, renewal))
                .isEqualTo(Duration.ofSeconds(seconds).dividedBy(2));
    }
}
