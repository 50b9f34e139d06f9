package org.precertocsp.loadtest.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.loadtest.corpus.CorpusPlan;
import org.precertocsp.loadtest.corpus.CorpusProgress;
import org.precertocsp.loadtest.drive.LoadTestResult;
import org.precertocsp.loadtest.peers.CpuPinning;
import org.precertocsp.loadtest.peers.LoadedStore;
import org.precertocsp.loadtest.peers.PeerException;
import org.precertocsp.loadtest.peers.PrecertOcspDistribution;
import org.precertocsp.loadtest.report.MeasurementOrigin;

/// Prepares, measures and judges. For one use.
public final class ComparisonRun {
    private static final long SEED = 1;
    private static final double REVOKED = 0.1;
    private static final long SMALL = 10_000;

    private final ComparisonPlan plan;
    private final Consumer<String> progress;
    private final Map<String, LoadTestResult> lastRuns = new LinkedHashMap<>();

    /// @param progress receives a line for each step and each measurement
    public ComparisonRun(ComparisonPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /// Blocks until everything is measured. Confines this process to one processor meanwhile.
    ///
    /// @throws PeerException a server did not work as expected
    public ComparisonReport run() throws PeerException, InterruptedException, IOException {
        Instant start = Instant.now();
        PrecertOcspDistribution distribution = PrecertOcspDistribution.find(plan.ours());
        MeasurementOrigin origin = distribution.origin();
        ComparisonServers.Prepared prepared = prepare(distribution);
        CpuPinning cores = CpuPinning.ofThisMachine().pinDriver();
        List<String> remarks = new ArrayList<>(cores.remarks());
        List<ComparisonResult> results = new ArrayList<>();
        Set<String> steady = new HashSet<>();
        try (ComparisonServers peers =
                new ComparisonServers(plan, cores, distribution, prepared, progress)) {
            ComparisonCatalog contests = new ComparisonCatalog(plan, peers, lastRuns::put);
            for (ComparisonKind pair : plan.pairs()) {
                progress.accept("starting what '%s' needs …".formatted(pair));
                Optional<ContestantComparison> contest = contests.of(pair);
                if (contest.isPresent()) {
                    results.add(
                            contest.get()
                                    .run(
                                            plan.rounds(pair),
                                            plan.warmUp(),
                                            steady,
                                            plan.measured(),
                                            progress));
                } else {
                    remarks.add("'%s' was not run: its peer is missing".formatted(pair));
                }
            }
            if (contests.isExhausted()) {
                remarks.add(
                        "serials ran out: some 'live' answers were not signed live; use more"
                                + " --serials");
            }
            remarks.addAll(peers.remarks());
            return new ComparisonReport(
                    origin,
                    Duration.between(start, Instant.now()),
                    settings(),
                    peers.versions(),
                    new TreeMap<>(peers.missing()),
                    remarks,
                    results);
        } finally {
            cores.releaseDriver();
        }
    }

    /// The last run of each contestant, by its name.
    public Map<String, LoadTestResult> lastRuns() {
        return lastRuns;
    }

    private ComparisonServers.Prepared prepare(PrecertOcspDistribution distribution)
            throws PeerException, IOException {
        progress.accept("making a corpus of %,d serials …".formatted(plan.serials()));
        Corpus corpus = corpus("corpus", plan.serials(), EnumSet.of(CorpusFile.CSV));
        Corpus small =
                corpus(
                        "small-corpus",
                        Math.min(SMALL, plan.serials()),
                        EnumSet.of(CorpusFile.INDEX));
        progress.accept("loading it …");
        Path folder = plan.work().resolve("loaded");
        LoadedStore store = LoadedStore.of(distribution, corpus, CorpusFile.CSV, folder);
        if (store.added() != plan.serials()) {
            throw new PeerException(
                    "%,d of %,d serials were loaded: is %s empty?"
                            .formatted(store.added(), plan.serials(), folder));
        }
        return new ComparisonServers.Prepared(
                corpus, small, store.store(), store.copyTo(plan.work().resolve("cold")));
    }

    private Corpus corpus(String folder, long serials, Set<CorpusFile> files) throws IOException {
        CorpusPlan corpusPlan =
                new CorpusPlan(
                        serials,
                        REVOKED,
                        SEED,
                        LocalDate.now(ZoneOffset.UTC),
                        CorpusKeyType.P256,
                        files);
        return Corpus.write(plan.work().resolve(folder), corpusPlan, _ -> CorpusProgress.SILENT);
    }

    private String settings() {
        return "%,d serials loaded, %,d signed ahead in a store of their own, %,d requested repeatedly, %d connections, %d rounds of %s after a warm-up until steady, %s at most for each side"
                .formatted(
                        plan.serials(),
                        plan.storedSerials(),
                        plan.hot(),
                        plan.connections(),
                        plan.rounds(),
                        seconds(plan.measured()),
                        seconds(plan.warmUp().limit()));
    }

    private static String seconds(Duration time) {
        return "%.1f s".formatted(time.toMillis() / 1000.0);
    }
}
