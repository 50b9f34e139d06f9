package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.admin.DiskSpaceMonitor.Limits;
import org.precertocsp.responder.admin.DiskSpaceMonitor.Space;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;

final class DiskSpaceMonitorTest {
    private static final long GB = 1_000_000_000;
    private static final long MB = 1_000_000;
    private static final Path STORE = Path.of("/");

    @TempDir Path folder;
    private final List<String> told = new ArrayList<>();
    private final Map<String, Long> usable = new HashMap<>();

    private final Alarm alarm =
            new Alarm() {
                @Override
                public void raise(Incident incident) {
                    told.add(incident.kind() + " " + incident.about() + ": " + incident.what());
                }

                @Override
                public void end(Incident.Kind kind, String about) {
                    told.add("end of " + kind + " " + about);
                }
            };

    private DiskSpaceMonitor monitor(Limits limits) {
        return DiskSpaceMonitor.probing(
                Map.of("store", STORE),
                limits,
                alarm,
                _ -> {
                    Long left = usable.get("store");
                    if (left == null) {
                        throw new IOException("the volume is gone");
                    }
                    return new Space(100 * GB, left);
                });
    }

    private void left(long octets) {
        usable.put("store", octets);
    }

    @Test
    void low_space_is_told_once_before_the_reserve_is_reached_and_so_is_its_end() {
        DiskSpaceMonitor monitor = monitor(Limits.USUAL);
        left(2 * GB);
        monitor.check();
        assertThat(told)
                .as("what a process before left open")
                .containsExactly("end of DISK_SPACE store");
        told.clear();

        left(GB - 1);
        monitor.check();
        monitor.check();
        assertThat(told).hasSize(1);
        assertThat(told.getFirst())
                .startsWith("DISK_SPACE store: ")
                .contains("999 MB of 100,000 MB");
        assertThat(monitor.full("store").get()).isEmpty();

        left(GB + MB);
        monitor.check();
        assertThat(told).as("a little more is not an end").hasSize(1);
        left(2 * GB);
        monitor.check();
        assertThat(told).last().isEqualTo("end of DISK_SPACE store");
    }

    @Test
    void the_reserve_stops_what_can_wait_until_there_is_room() {
        DiskSpaceMonitor monitor = monitor(Limits.USUAL);
        left(249 * MB);
        monitor.check();
        assertThat(monitor.full("store").get())
                .hasValueSatisfying(it -> assertThat(it).contains("revocations"));

        left(260 * MB);
        monitor.check();
        assertThat(monitor.full("store").get()).as("not for a little room").isPresent();
        left(400 * MB);
        monitor.check();
        assertThat(monitor.full("store").get()).isEmpty();
        assertThat(told).hasSize(2).allMatch(it -> it.startsWith("DISK_SPACE"));
    }

    @Test
    void limits_can_be_configured_and_small_volumes_have_smaller_ones() {
        Space small = new Space(400 * MB, 0);
        assertThat(Limits.USUAL.warn(small)).isEqualTo(40 * MB);
        assertThat(Limits.USUAL.reserve(small)).isEqualTo(10 * MB);
        Limits own = new Limits(OptionalLong.of(5 * GB), OptionalLong.of(GB));
        assertThat(own.warn(small)).isEqualTo(5 * GB);
        assertThat(own.reserve(small)).isEqualTo(GB);
    }

    @Test
    void a_volume_that_cannot_be_looked_at_keeps_what_was_known() {
        DiskSpaceMonitor monitor = monitor(Limits.USUAL);
        left(MB);
        monitor.check();
        usable.clear();
        monitor.check();

        assertThat(monitor.full("store").get()).isPresent();
        assertThat(told).hasSize(1);
    }

    @Test
    void folders_of_one_volume_are_one_alert_though_they_are_not_there_yet() {
        Map<String, Path> folders =
                new java.util.TreeMap<>(
                        Map.of("audit", folder.resolve("a/b"), "store", folder.resolve("c")));
        DiskSpaceMonitor monitor =
                DiskSpaceMonitor.of(
                        folders,
                        new Limits(OptionalLong.of(Long.MAX_VALUE / 4), OptionalLong.of(1)),
                        alarm);

        assertThat(told).hasSize(1);
        assertThat(told.getFirst()).startsWith("DISK_SPACE audit, store: ");
        assertThat(monitor.full("audit").get()).isEmpty();
    }
}
