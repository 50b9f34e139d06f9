package org.precertocsp.responder.admin;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.http.RequestMetrics;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.spool.SpoolState;
import org.precertocsp.responder.renewal.RenewalForecast;
import org.precertocsp.responder.store.StoreStatistics;
import org.precertocsp.responder.store.StoredResponseCounts;

/// A server at rest that has every part an overview can have.
final class TestOverviewSources {
    private TestOverviewSources() {}

    static OverviewSources of(InstantSource clock) {
        RecentLoads loads = new RecentLoads(clock);
        loads.add(
                new LoadSummary(
                        "<b>list</b>.csv",
                        "csv",
                        Optional.of("line 1: no serial"),
                        0,
                        0,
                        0,
                        1,
                        0,
                        0,
                        List.of(new LoadSummary.Report("refused", "list.csv", "line 1", "empty")),
                        0));
        OverviewSources sources =
                new OverviewSources(
                        clock.instant(),
                        () -> List.of(new Overview.Health("store", Optional.of("disk full"))),
                        new RequestMetrics(),
                        () -> List.of(new Overview.Layer("memory", 3)),
                        () -> List.of(issuer(clock)),
                        () -> new StoredResponseCounts(1, 2, 3, 4, 5, 6),
                        () -> new StoreStatistics(1, 2, 3, 4, 5, 6, 7),
                        () ->
                                new SpoolState(
                                        true,
                                        1,
                                        Optional.of(clock.instant()),
                                        Optional.empty(),
                                        List.of("full")),
                        List::of,
                        () -> audit(clock),
                        loads,
                        new RecentHistory(),
                        new TickingClock(clock));
        sources.recordStep();
        sources.recordStep();
        return sources;
    }

    private static Overview.Issuer issuer(InstantSource clock) {
        return new Overview.Issuer(
                "tls",
                new Overview.Signing(
                        1,
                        2,
                        true,
                        3,
                        Map.of("queue_full", 4L),
                        Optional.of(new Overview.Failure(clock.instant(), "token gone"))),
                Optional.of(
                        new Overview.Renewal(
                                1.5,
                                true,
                                false,
                                5,
                                6,
                                Optional.of(
                                        new RenewalForecast(
                                                Optional.of(clock.instant()),
                                                7,
                                                8,
                                                Optional.of(clock.instant()))))),
                Optional.of(new Overview.Unassigned(7, 8, 9.5)),
                clock.instant(),
                clock.instant());
    }

    private static Overview.Audit audit(InstantSource clock) {
        return new Overview.Audit(
                List.of(
                        new Overview.Book(
                                "events",
                                4,
                                ByteString.ofHex("00ff"),
                                Optional.of(clock.instant()))),
                Optional.of(clock.instant()),
                List.of("events, record 3: changed"));
    }

    /// Every look is a second later.
    private static final class TickingClock implements InstantSource {
        private final InstantSource start;
        private long ticks;

        TickingClock(InstantSource start) {
            this.start = start;
        }

        @Override
        public Instant instant() {
            return start.instant().plusSeconds(ticks++);
        }
    }
}
