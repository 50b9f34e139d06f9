package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClockRollbackCheckTest {
    private final ClockRollbackCheck times = new ClockRollbackCheck();
    private long number;

    private void record(String kind, String at) {
        record(kind, at, "");
    }

    private void record(String kind, String at, String newest) {
        String json =
                "{\"at\":\"%s\",\"details\":{\"newest\":\"%s\"},\"kind\":\"%s\",\"n\":%d,\"previous\":\"\"}"
                        .formatted(at, newest, kind, number++);
        times.follow(AuditRecord.read(json.getBytes(StandardCharsets.UTF_8)).orElseThrow());
    }

    private List<String> faults() {
        return times.faults(times);
    }

    @Test
    void a_clock_set_back_is_told_once_with_the_record_it_shows_in() {
        record("START", "2026-11-21T10:00:00.5Z");
        record("CHANGES", "2026-11-21T10:25:00Z");
        record("START", "2026-11-21T10:00:00Z");
        record("CHANGES", "2026-11-21T10:01:00Z");

        assertThat(faults())
                .containsExactly(
                        "record 2 (START) of 2026-11-21T10:00:00Z comes after one of"
                                + " 2026-11-21T10:25:00Z: the clock was set back");
    }

    @Test
    void corrections_of_a_minute_are_no_fault_and_do_not_add_up_unseen() {
        record("START", "2026-11-21T10:02:00Z");
        record("CHANGES", "2026-11-21T10:01:00Z");
        assertThat(faults()).isEmpty();

        record("CHANGES", "2026-11-21T10:00:30Z");
        assertThat(faults()).hasSize(1);
    }

    @Test
    void records_of_one_second_and_those_without_a_time_are_no_fault() {
        record("START", "2026-11-21T10:00:00.9Z");
        record("CHANGES", "2026-11-21T10:00:00.1Z");
        record("CHANGES", "2026-11-21T10:00:00Z");
        record("CHECKPOINT", "");
        record("CHANGES", "yesterday, about");
        record("CHANGES", "2026-11-21T10:00:01Z");

        assertThat(faults()).isEmpty();
    }

    @Test
    void what_an_operator_accepted_is_no_fault_and_what_comes_later_is() {
        record("START", "2026-11-21T10:00:00Z");
        record("STOP", "2026-11-21T11:00:00Z");
        record("START", "2026-11-21T10:00:00Z");
        record("STOP", "2026-11-21T10:01:00Z");
        assertThat(faults()).hasSize(1);
        record("CLOCK_ACCEPTED", "2026-11-21T10:02:00Z", "2026-11-21T11:00:00Z");
        assertThat(faults()).isEmpty();

        record("STOP", "2026-11-21T12:00:00Z");
        record("START", "2026-11-21T11:30:00Z");
        assertThat(faults()).singleElement().asString().contains("record 6");
    }
}
