package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.precertocsp.responder.monitor.reconcile.Reconciliation;

/// A bar with percent and time left while serials are compared, on a terminal; nothing elsewhere.
final class ReconcileProgress implements Reconciliation.Progress, AutoCloseable {
    private static final int WIDTH = 79;

    private final Optional<ProgressBar> bar;

    ReconcileProgress(Optional<PrintStream> terminal) {
        this.bar = terminal.map(ReconcileProgress::bar);
    }

    private static ProgressBar bar(PrintStream stream) {
        return new ProgressBarBuilder()
                .setTaskName("comparing")
                .setInitialMax(-1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(" serials", 1)
                .showSpeed()
                .clearDisplayOnFinish()
                // With a fixed width the library asks no native code about the terminal.
                .setConsumer(new ConsoleProgressBarConsumer(stream, WIDTH))
                .build();
    }

    @Override
    public void at(long done, long all) {
        bar.ifPresent(
                shown -> {
                    shown.maxHint(all);
                    shown.stepTo(done);
                });
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
