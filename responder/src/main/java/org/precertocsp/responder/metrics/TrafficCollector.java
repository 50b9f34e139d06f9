package org.precertocsp.responder.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.precertocsp.responder.http.Traffic;
import org.precertocsp.responder.http.Traffic.Distribution;

/// Requests and their times, which event loops count for themselves: added up when looked at.
public final class TrafficCollector {
    private TrafficCollector() {}

    public static void addTo(Metrics metrics, Traffic traffic) {
        metrics.addCollector(() -> requests(traffic));
        metrics.addCollector(
                () ->
                        HistogramSnapshot.builder()
                                .name(name(Meaning.REQUEST_DURATION))
                                .help(Meaning.REQUEST_DURATION.help())
                                .dataPoint(
                                        point(traffic.loopMicros(), 1e6, Labels.of("path", "loop")))
                                .dataPoint(
                                        point(
                                                traffic.chainMicros(),
                                                1e6,
                                                Labels.of("path", "chain")))
                                .build());
        metrics.addCollector(
                () ->
                        HistogramSnapshot.builder()
                                .name(name(Meaning.RESPONSE_AGE))
                                .help(Meaning.RESPONSE_AGE.help())
                                .dataPoint(point(traffic.ages(), 1, Labels.EMPTY))
                                .build());
    }

    /// What is counted under labels that come and go, such as the files and records the server took
    /// in.
    ///
    /// @param counts by the values of the labels, in the order of [Meaning#labels]
    public static void addCounts(
            Metrics metrics, Meaning meaning, Supplier<Map<List<String>, Long>> counts) {
        metrics.addCollector(
                () -> {
                    CounterSnapshot.Builder all = counter(meaning);
                    counts.get()
                            .forEach(
                                    (labels, count) ->
                                            all.dataPoint(point(meaning, labels, count)));
                    return all.build();
                });
    }

    /// As [#addCounts], for what goes up and down.
    public static void addGauges(
            Metrics metrics, Meaning meaning, Supplier<Map<List<String>, Double>> values) {
        metrics.addCollector(
                () -> {
                    GaugeSnapshot.Builder all =
                            GaugeSnapshot.builder().name(name(meaning)).help(meaning.help());
                    values.get()
                            .forEach(
                                    (labels, value) ->
                                            all.dataPoint(
                                                    GaugeDataPointSnapshot.builder()
                                                            .labels(labels(meaning, labels))
                                                            .value(value)
                                                            .build()));
                    return all.build();
                });
    }

    private static CounterSnapshot requests(Traffic traffic) {
        CounterSnapshot.Builder all = counter(Meaning.REQUESTS);
        traffic.requests()
                .forEach(
                        (kind, count) ->
                                all.dataPoint(
                                        point(
                                                Meaning.REQUESTS,
                                                List.of(kind.method(), kind.hash(), kind.outcome()),
                                                count)));
        return all.build();
    }

    private static CounterSnapshot.Builder counter(Meaning meaning) {
        return CounterSnapshot.builder().name(name(meaning)).help(meaning.help());
    }

    private static CounterDataPointSnapshot point(
            Meaning meaning, List<String> labels, long count) {
        return CounterDataPointSnapshot.builder()
                .labels(labels(meaning, labels))
                .value((double) count)
                .build();
    }

    private static Labels labels(Meaning meaning, List<String> values) {
        return Labels.of(meaning.labels().toArray(String[]::new), values.toArray(String[]::new));
    }

    private static HistogramDataPointSnapshot point(
            Distribution distribution, double unit, Labels labels) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        int last = distribution.counts().size() - 1;
        for (int i = 0; i < last; i++) {
            buckets.bucket((1L << i) / unit, distribution.counts().get(i));
        }
        buckets.bucket(Double.POSITIVE_INFINITY, distribution.counts().get(last));
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(buckets.build())
                .sum(distribution.sum() / unit)
                .build();
    }

    private static String name(Meaning meaning) {
        return meaning.dotted().replace('.', '_');
    }
}
