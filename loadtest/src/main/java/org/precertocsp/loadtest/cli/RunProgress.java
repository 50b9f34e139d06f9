package org.precertocsp.loadtest.cli;

import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.precertocsp.loadtest.drive.Progress;

/// A bar on a terminal, a line every five seconds elsewhere.
final class RunProgress implements Progress, AutoCloseable {
    private static final int WIDTH = 79;
    private static final int LINE_EVERY = 5;

    private final PrintStream out;
    private final Optional<ProgressBar> bar;
    private int calls;

    private RunProgress(PrintStream out, Optional<ProgressBar> bar) {
        this.out = out;
        this.bar = bar;
    }

    static RunProgress on(Terminal terminal) {
        PrintStream out = terminal.stream();
        return new RunProgress(out, terminal.watched() ? Optional.of(bar(out)) : Optional.empty());
    }

    private static ProgressBar bar(PrintStream out) {
        return new ProgressBarBuilder()
                .setTaskName("asking")
                .setInitialMax(1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(" s", 1)
                .clearDisplayOnFinish()
                // With a fixed width the library asks no native code about the terminal.
                .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                .build();
    }

    @Override
    public void passed(Standing now) {
        String figures =
                "%,d/s, %,d failed, %,d wrong"
                        .formatted(now.perSecond(), now.failed(), now.wrong());
        if (bar.isPresent()) {
            ProgressBar shown = bar.get();
            shown.maxHint(now.total().toSeconds());
            shown.stepTo(Math.min(now.elapsed().toSeconds(), now.total().toSeconds()));
            shown.setExtraMessage(figures);
        } else if (calls++ % LINE_EVERY == 0) {
            out.printf(
                    "%d of %d s: %s%n",
                    now.elapsed().toSeconds(), now.total().toSeconds(), figures);
        }
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
