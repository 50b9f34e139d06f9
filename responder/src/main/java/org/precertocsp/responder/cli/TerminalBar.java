package org.precertocsp.responder.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// How every bar of ours looks.
final class TerminalBar {
    private static final int WIDTH = 79;

    private TerminalBar() {}

    /// A bar with no end yet, gone once it is closed.
    static ProgressBarBuilder on(PrintStream terminal, String task) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(-1)
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish()
                // With a fixed width the library asks no native code about the terminal.
                .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH));
    }
}
