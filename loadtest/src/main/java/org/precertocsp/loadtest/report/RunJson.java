package org.precertocsp.loadtest.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.precertocsp.loadtest.drive.LoadTestPlan;
import org.precertocsp.loadtest.drive.LoadTestResult;
import org.precertocsp.loadtest.drive.RequestPacing;

/// Runs as JSON; times in nanoseconds unless the name states another unit.
final class RunJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private RunJson() {}

    static String of(RunReport report) {
        ObjectNode root = NODES.objectNode().put("title", report.title());
        ArrayNode runs = root.putArray("runs");
        report.entries().forEach(entry -> runs.add(run(entry)));
        return root.toPrettyString() + "\n";
    }

    private static ObjectNode run(RunReport.Entry entry) {
        LoadTestResult run = entry.run();
        ObjectNode node = NODES.objectNode().put("name", entry.name());
        node.set("plan", plan(run.plan()));
        node.put("measuredSeconds", run.measured().toNanos() / 1e9);
        node.put("perSecond", run.throughput());
        node.put("completed", run.outcome().completed());
        node.put("verified", run.outcome().verified());
        node.set("failures", counts(run.outcome().failures()));
        node.set("wrong", counts(run.outcome().wrong()));
        ArrayNode examples = node.putArray("wrongExamples");
        run.outcome().examples().forEach(it -> examples.add(RunTable.describe(it)));
        node.set("latency", latency(run));
        node.put("driverCpuSeconds", run.cost().cpu().toNanos() / 1e9);
        node.put("driverShare", run.cost().share());
        ArrayNode timeline = node.putArray("timeline");
        run.timeline().forEach(second -> timeline.add(second(second)));
        return node;
    }

    private static ObjectNode plan(LoadTestPlan plan) {
        ObjectNode node = NODES.objectNode().put("target", plan.target().toString());
        switch (plan.pace()) {
            case RequestPacing.Rate rate -> node.put("pace", "rate").put("rate", rate.perSecond());
            case RequestPacing.Saturate _ -> node.put("pace", "saturate");
        }
        return node.put("connections", plan.connections().count())
                .put("keepAlive", plan.connections().keepAlive())
                .put("pipeline", plan.connections().pipeline())
                .put("warmUpSeconds", plan.warmUp().toNanos() / 1e9)
                .put("durationSeconds", plan.duration().toNanos() / 1e9);
    }

    private static ObjectNode counts(Map<? extends Enum<?>, Long> counts) {
        ObjectNode node = NODES.objectNode();
        counts.forEach((key, count) -> node.put(RunTable.word(key), count));
        return node;
    }

    private static ObjectNode latency(LoadTestResult run) {
        ObjectNode node = NODES.objectNode().put("mean", run.latency().getMean());
        for (double percentile : FigureFormat.PERCENTILES) {
            String name = "p" + String.valueOf(percentile).replaceFirst("\\.0$", "");
            node.put(name, run.latency().getValueAtPercentile(percentile));
        }
        return node.put("max", run.latency().getMaxValue());
    }

    private static ObjectNode second(LoadTestResult.Second second) {
        return NODES.objectNode()
                .put("offset", second.offset())
                .put("perSecond", second.throughput())
                .put("p50", second.p50())
                .put("p99", second.p99())
                .put("p99.9", second.p999())
                .put("max", second.max())
                .put("backlog", second.backlog());
    }
}
