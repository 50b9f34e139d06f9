package org.precertocsp.responder.admin;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.precertocsp.responder.ctlog.LogStatus;
import org.precertocsp.responder.http.RequestMetrics;
import org.precertocsp.responder.intake.spool.SpoolState;
import org.precertocsp.responder.store.StoreStatistics;
import org.precertocsp.responder.store.StoredResponseCounts;

/// The sources of the overview. Suppliers are called for each overview, from any thread, and must
/// not block.
public record OverviewSources(
        Instant startedAt,
        Supplier<List<Overview.Health>> health,
        RequestMetrics traffic,
        Supplier<List<Overview.Layer>> layers,
        Supplier<List<Overview.Issuer>> issuers,
        Supplier<StoredResponseCounts> responses,
        Supplier<StoreStatistics> store,
        Supplier<SpoolState> spool,
        Supplier<List<LogStatus>> logs,
        Supplier<Overview.Audit> audit,
        RecentLoads loads,
        RecentHistory moments,
        InstantSource clock) {
    private static final String ANSWERED = "answered";

    public Overview overview() {
        return new Overview(
                clock.instant(),
                startedAt,
                health.get(),
                requests(),
                layers.get(),
                moments.all(),
                traffic.ages().counts(),
                issuers.get(),
                responses.get(),
                store.get(),
                new Overview.Feeds(spool.get(), loads.all()),
                logs.get().stream().map(Overview.Log::of).toList(),
                audit.get());
    }

    /// Ends a step of the recent history.
    public void recordStep() {
        List<Overview.Requests> requests = requests();
        List<Overview.Issuer> now = issuers.get();
        moments.add(
                new RecentHistory.Counts(
                        clock.instant(),
                        requests.stream().mapToLong(Overview.Requests::count).sum(),
                        requests.stream()
                                .filter(it -> it.outcome().equals(ANSWERED))
                                .mapToLong(Overview.Requests::count)
                                .sum(),
                        now.stream().mapToLong(it -> it.signing().signed()).sum(),
                        now.stream().mapToInt(it -> it.signing().waiting()).sum(),
                        micros()));
    }

    private List<Overview.Requests> requests() {
        return traffic.requests().entrySet().stream()
                .map(
                        it ->
                                new Overview.Requests(
                                        it.getKey().method(),
                                        it.getKey().hash(),
                                        it.getKey().outcome(),
                                        it.getValue()))
                .toList();
    }

    /// Responses of event loops and of the layers; their buckets are equal.
    private List<Long> micros() {
        List<Long> loop = traffic.loopMicros().counts();
        List<Long> chain = traffic.chainMicros().counts();
        List<Long> all = new ArrayList<>(loop.size());
        for (int i = 0; i < loop.size(); i++) {
            all.add(loop.get(i) + chain.get(i));
        }
        return all;
    }
}
