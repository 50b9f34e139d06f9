package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/// A bar with percent, speed and time left while things are counted, on a terminal; nothing
/// elsewhere.
final class CountProgress implements AutoCloseable {
    private final Optional<ProgressBar> bar;

    /// @param things what is counted, such as `entries`
    CountProgress(Optional<PrintStream> terminal, String task, String things) {
        this.bar =
                terminal.map(
                        stream ->
                                TerminalBar.on(stream, task)
                                        .setUnit(" " + things, 1)
                                        .showSpeed()
                                        .build());
    }

    void at(long done, long all) {
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
