package org.precertocsp.responder.monitor;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The last round in Prometheus's text format. Written by hand: nothing is counted between rounds,
/// and a URL that is no longer monitored must disappear.
public final class CheckMetricsText {
    private static final String PREFIX = "precert_ocsp_check_";

    private final StringBuilder text = new StringBuilder();

    private CheckMetricsText() {}

    /// @param rounds number of rounds so far
    public static String of(CheckRound round, long rounds) {
        CheckMetricsText metrics = new CheckMetricsText();
        metrics.begin("rounds_total", "counter", "Rounds finished.");
        metrics.sample("rounds_total", Map.of(), rounds);
        metrics.begin("last_round_timestamp_seconds", "gauge", "When the last round ended.");
        metrics.sample("last_round_timestamp_seconds", Map.of(), round.at().getEpochSecond());
        metrics.begin("problems", "gauge", "Certificates that could not be checked.");
        metrics.sample("problems", Map.of(), round.problems().size());
        metrics.perUrl(round);
        metrics.perRule(round);
        return metrics.text.toString();
    }

    private void perUrl(CheckRound round) {
        Map<String, List<CheckResult>> byUrl =
                round.judgements().stream()
                        .collect(
                                Collectors.groupingBy(
                                        CheckResult::url, TreeMap::new, Collectors.toList()));
        begin("serials", "gauge", "Serials checked.");
        byUrl.forEach((url, all) -> sample("serials", Map.of("url", url), all.size()));
        begin("failed_serials", "gauge", "Serials some rule failed for.");
        byUrl.forEach(
                (url, all) ->
                        sample(
                                "failed_serials",
                                Map.of("url", url),
                                all.stream().filter(CheckResult::failed).count()));
        begin("slowest_answer_seconds", "gauge", "Slowest answer of the round (TF-17).");
        byUrl.forEach(
                (url, all) ->
                        sample(
                                "slowest_answer_seconds",
                                Map.of("url", url),
                                all.stream()
                                                .mapToLong(it -> it.slowest().toMillis())
                                                .max()
                                                .orElse(0)
                                        / 1000.0));
    }

    /// Every rule that was checked, also at zero, so that alerts can distinguish a missing result
    /// from a good one.
    private void perRule(CheckRound round) {
        begin("rule_failures", "gauge", "Serials the rule failed for.");
        for (Map.Entry<String, List<CheckResult>> url :
                round.judgements().stream()
                        .collect(
                                Collectors.groupingBy(
                                        CheckResult::url, TreeMap::new, Collectors.toList()))
                        .entrySet()) {
            Map<String, Long> failures = new TreeMap<>();
            url.getValue().stream()
                    .flatMap(it -> it.results().stream())
                    .filter(ruling -> ruling.verdict() != RuleVerdict.NOT_APPLICABLE)
                    .forEach(
                            ruling ->
                                    failures.merge(ruling.rule().id(), failure(ruling), Long::sum));
            failures.forEach(
                    (rule, count) ->
                            sample(
                                    "rule_failures",
                                    new TreeMap<>(Map.of("url", url.getKey(), "rule", rule)),
                                    count));
        }
    }

    private static long failure(RuleResult ruling) {
        return ruling.verdict() == RuleVerdict.FAIL ? 1 : 0;
    }

    private void begin(String name, String type, String help) {
        text.append(
                "# HELP %s%s %s\n# TYPE %s%s %s\n"
                        .formatted(PREFIX, name, help, PREFIX, name, type));
    }

    private void sample(String name, Map<String, String> labels, Number value) {
        String all =
                labels.entrySet().stream()
                        .map(it -> it.getKey() + "=\"" + escaped(it.getValue()) + '"')
                        .collect(Collectors.joining(","));
        text.append(PREFIX + name + (all.isEmpty() ? "" : "{" + all + "}"))
                .append(' ')
                .append(
                        value instanceof Double number
                                ? String.format(Locale.ROOT, "%.3f", number)
                                : value.toString())
                .append('\n');
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
