package org.precertocsp.loadtest.cli;

import java.io.PrintWriter;
import org.precertocsp.loadtest.compare.ComparePlan;
import org.precertocsp.loadtest.compare.CompareProgress;
import org.precertocsp.loadtest.compare.Pair;
import org.precertocsp.loadtest.compare.Sample;

/// A line for everything that has happened, with the time since the start.
final class CompareLines implements CompareProgress {
    private final StepLines lines;
    private final ComparePlan plan;

    CompareLines(PrintWriter err, ComparePlan plan) {
        this.lines = new StepLines(err);
        this.plan = plan;
    }

    @Override
    public void step(String what) {
        lines.print("%s …".formatted(what));
    }

    @Override
    public void measured(Pair pair, int round, String side, Sample sample) {
        String which = round == 0 ? "warm-up" : "round %d of %d".formatted(round, plan.rounds());
        lines.print(
                "%s, %s: %s %,.0f/s, %.2f µs CPU each"
                        .formatted(pair, which, side, sample.perSecond(), sample.cpuMicros()));
    }
}
