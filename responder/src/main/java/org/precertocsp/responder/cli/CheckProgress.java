package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/// A bar for the serials of one round, on a terminal and for more than one; nothing elsewhere.
final class CheckProgress implements AutoCloseable {
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
                                        TerminalBar.on(stream, "checking")
                                                .setInitialMax(serials)
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
