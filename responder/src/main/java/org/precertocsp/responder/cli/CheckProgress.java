package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// A bar for the serials of one round, on a terminal and for more than one; nothing elsewhere.
final class CheckProgress implements AutoCloseable {
    private static final int WIDTH = 79;

    private final Optional<ProgressBar> bar;
    private int begun;

    private CheckProgress(Optional<ProgressBar> bar) {
        this.bar = bar;
    }

    static CheckProgress begin(Optional<PrintStream> terminal, int serials) {
        return new CheckProgress(
                terminal.filter(_ -> serials > 1)
                        .map(
                                stream ->
                                        new ProgressBarBuilder()
                                                .setTaskName("checking")
                                                .setInitialMax(serials)
                                                .setStyle(ProgressBarStyle.ASCII)
                                                .clearDisplayOnFinish()
                                                // A fixed width asks no native code.
                                                .setConsumer(
                                                        new ConsoleProgressBarConsumer(
                                                                stream, WIDTH))
                                                .build()));
    }

    /// The next serial begins.
    void next(String name) {
        bar.ifPresent(shown -> shown.setExtraMessage(Printable.of(name)).stepTo(begun));
        begun++;
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
