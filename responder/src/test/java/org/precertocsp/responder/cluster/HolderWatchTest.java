package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// When a standby takes a silent holder for dead.
final class HolderWatchTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static long at(long second) {
        return Duration.ofSeconds(second).toNanos();
    }

    @Test
    void a_holder_is_silent_once_an_own_beat_from_long_after_its_last_record_was_read() {
        HolderWatch watch = HolderWatch.from(at(0)).readHolder(at(3));

        assertThat(watch.readOwnBeat(at(12)).isSilent(PATIENCE)).isFalse();
        assertThat(watch.readOwnBeat(at(13)).isSilent(PATIENCE)).isTrue();
    }

    @Test
    void a_node_that_is_cut_off_blames_nobody() {
        HolderWatch watch = HolderWatch.from(at(0)).readHolder(at(3)).readOwnBeat(at(3));

        assertThat(watch.isSilent(PATIENCE)).as("however late it is").isFalse();
    }

    @Test
    void a_node_that_is_behind_blames_nobody() {
        HolderWatch watch = HolderWatch.from(at(0));
        // It reads records of long ago one after another: its own and the holder's.
        for (long sent = 0; sent < 100; sent++) {
            watch = watch.readHolder(at(1_000 + sent)).readOwnBeat(at(sent));
            assertThat(watch.isSilent(PATIENCE)).isFalse();
        }
    }

    @Test
    void a_node_that_starts_waits_the_full_time() {
        assertThat(HolderWatch.from(at(50)).readOwnBeat(at(59)).isSilent(PATIENCE)).isFalse();
        assertThat(HolderWatch.from(at(50)).readOwnBeat(at(60)).isSilent(PATIENCE)).isTrue();
    }
}
