package org.precertocsp.responder.admin.overview;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.precertocsp.responder.http.Traffic;
import org.precertocsp.responder.intake.ctlog.watch.LogState;
import org.precertocsp.responder.intake.spool.SpoolState;
import org.precertocsp.responder.rocksdb.ResponseCounts;
import org.precertocsp.responder.rocksdb.StoreFigures;

/// The sources of the overview. Suppliers are called for each overview, from any thread, and must
/// not block.
public record Sources(
        Instant startedAt,
        Supplier<List<Overview.Health>> health,
        Traffic traffic,
        Supplier<List<Overview.Layer>> layers,
        Supplier<List<Overview.Issuer>> issuers,
        Supplier<ResponseCounts> responses,
        Supplier<StoreFigures> store,
        Supplier<SpoolState> spool,
        Supplier<List<LogState>> logs,
        Supplier<Overview.Audit> audit,
        RecentLoads loads,
        Moments moments,
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
                new Moments.Counts(
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
