package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.precertocsp.responder.intake.ctlog.FollowProgress;

/// A bar with percent, speed and time left while a log is read, on a terminal; nothing elsewhere.
final class LogProgress implements FollowProgress, AutoCloseable {
    private static final int WIDTH = 79;

    private final Optional<ProgressBar> bar;

    private LogProgress(Optional<ProgressBar> bar) {
        this.bar = bar;
    }

    static LogProgress begin(Optional<PrintStream> terminal) {
        return new LogProgress(terminal.map(LogProgress::bar));
    }

    private static ProgressBar bar(PrintStream stream) {
        return new ProgressBarBuilder()
                .setTaskName("reading")
                .setInitialMax(-1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(" entries", 1)
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
