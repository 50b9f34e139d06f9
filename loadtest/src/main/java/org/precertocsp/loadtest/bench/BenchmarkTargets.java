package org.precertocsp.loadtest.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.precertocsp.loadtest.report.TargetResult;

/// The targets that benchmarks decide; targets whose benchmarks did not run are left out.
final class BenchmarkTargets {
    private static final double CACHED_NANOS = 1_500;
    private static final double SHARE_OF_WRITER = 0.5;
    private static final double CRL_SECONDS = 3;
    private static final double MILLIS = 1_000;
    private static final double NANOS = 1e9;
    private static final String GARBAGE = "gc.alloc.rate.norm";

    private final Collection<RunResult> results;

    private BenchmarkTargets(Collection<RunResult> results) {
        this.results = results;
    }

    static List<TargetResult> of(Collection<RunResult> results) {
        BenchmarkTargets all = new BenchmarkTargets(results);
        List<TargetResult> targets = new ArrayList<>();
        all.named("CachedAnswerBenchmark.answer").forEach(it -> targets.addAll(cached(it)));
        all.score("BulkLoadBenchmark.sstWriter")
                .flatMap(writer -> all.score("BulkLoadBenchmark.csv").map(csv -> writer / csv))
                .ifPresent(
                        share ->
                                targets.add(
                                        TargetResult.atLeast(
                                                TargetResult.MORE,
                                                "CSV loaded, in terms of a bare SST writer",
                                                SHARE_OF_WRITER,
                                                share)));
        all.score("BulkLoadBenchmark.crl")
                .ifPresent(
                        millis ->
                                targets.add(
                                        TargetResult.atMost(
                                                TargetResult.MORE,
                                                "CRL verified and loaded, without a command's"
                                                        + " start, s",
                                                CRL_SECONDS,
                                                millis / MILLIS)));
        all.perSecond("SkimBenchmark.parse")
                .ifPresent(
                        base -> {
                            targets.addAll(all.skimming("data tiles", "tiles", base));
                            targets.addAll(all.skimming("get-entries", "getEntries", base));
                        });
        return targets;
    }

    /// @param base entries a second of a plain parse
    private List<TargetResult> skimming(String what, String benchmark, double base) {
        return perSecond("SkimBenchmark." + benchmark)
                .map(
                        seen ->
                                TargetResult.atLeast(
                                        TargetResult.LOGS,
                                        "skimming a log, %s, entries/s of a core; want: a plain DER parse of them"
                                                .formatted(what),
                                        base,
                                        seen))
                .stream()
                .toList();
    }

    /// Operations a second of a benchmark that counts nanoseconds.
    private Optional<Double> perSecond(String name) {
        return score(name).map(nanos -> NANOS / nanos);
    }

    private static List<TargetResult> cached(RunResult result) {
        String what = "cached %s answered, ".formatted(result.getParams().getParam("way"));
        List<TargetResult> targets = new ArrayList<>();
        targets.add(
                TargetResult.atMost(
                        TargetResult.MORE,
                        what + "ns",
                        CACHED_NANOS,
                        result.getPrimaryResult().getScore()));
        Optional.ofNullable(result.getSecondaryResults().get(GARBAGE))
                .ifPresent(
                        garbage ->
                                targets.add(
                                        TargetResult.atMost(
                                                TargetResult.MORE,
                                                what + "bytes of garbage",
                                                // The profiler itself allocates a few bytes.
                                                0.5,
                                                garbage.getScore())));
        return targets;
    }

    private Stream<RunResult> named(String name) {
        return results.stream().filter(it -> it.getParams().getBenchmark().endsWith("." + name));
    }

    private Optional<Double> score(String name) {
        return named(name).map(it -> it.getPrimaryResult().getScore()).findFirst();
    }
}
