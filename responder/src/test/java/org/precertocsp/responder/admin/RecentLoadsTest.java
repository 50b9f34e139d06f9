package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.intake.LoadSummary;

/// What is remembered of files.
final class RecentLoadsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private static LoadSummary summary(String file, int reports) {
        return new LoadSummary(
                file,
                "csv",
                Optional.empty(),
                1,
                2,
                3,
                reports,
                0,
                0,
                Collections.nCopies(
                        reports, new LoadSummary.Report("refused", file, "line 7", "no serial")),
                0);
    }

    @Test
    void the_newest_files_come_first_and_the_oldest_are_forgotten() {
        RecentLoads loads = new RecentLoads(() -> NOW);
        for (int i = 0; i < RecentLoads.MAX_LOADS + 5; i++) {
            loads.add(summary("file" + i, 0));
        }

        assertThat(loads.all()).hasSize(RecentLoads.MAX_LOADS);
        assertThat(loads.all().getFirst().file()).isEqualTo("file24");
        assertThat(loads.all().getLast().file()).isEqualTo("file5");
    }

    @Test
    void the_first_few_reports_are_kept_with_their_place() {
        RecentLoads loads = new RecentLoads(() -> NOW);
        loads.add(summary("list.csv", RecentLoads.MAX_REPORTS + 1));

        RecentLoads.Load load = loads.all().getFirst();
        assertThat(load.at()).isEqualTo(NOW);
        assertThat(load.refused()).isEqualTo(RecentLoads.MAX_REPORTS + 1);
        assertThat(load.reports())
                .hasSize(RecentLoads.MAX_REPORTS)
                .containsOnly("rejected, line 7: no serial");
    }
}
