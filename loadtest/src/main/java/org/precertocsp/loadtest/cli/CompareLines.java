package org.precertocsp.loadtest.cli;

import java.io.PrintWriter;
import org.precertocsp.loadtest.compare.ComparePlan;
import org.precertocsp.loadtest.compare.CompareProgress;
import org.precertocsp.loadtest.compare.Pair;
import org.precertocsp.loadtest.compare.Sample;
import org.precertocsp.loadtest.compare.WarmUp;

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
    public void warmed(Pair pair, String side, WarmUp.Warmed what) {
        lines.print("%s, warm-up: %s %s".formatted(pair, side, what));
    }

    @Override
    public void measured(Pair pair, int round, String side, Sample sample) {
        lines.print(
                "%s, round %d of %d: %s %,.0f/s, %.2f µs CPU each"
                        .formatted(
                                pair,
                                round,
                                plan.rounds(),
                                side,
                                sample.perSecond(),
                                sample.cpuMicros()));
    }
}
