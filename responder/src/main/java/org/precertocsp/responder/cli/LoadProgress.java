package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import org.precertocsp.responder.intake.ReadProgress;

/// One bar for all files of a command, on a terminal; nothing elsewhere.
final class LoadProgress implements AutoCloseable {
    private static final long MEBIBYTE = 1 << 20;

    private final Optional<ProgressBar> bar;
    private final int files;
    private int begun;
    private long before;
    private long current;

    private LoadProgress(Optional<ProgressBar> bar, int files) {
        this.bar = bar;
        this.files = files;
    }

    /// @param octets of all files together
    static LoadProgress begin(Optional<PrintStream> terminal, int files, long octets) {
        return new LoadProgress(terminal.map(stream -> bar(stream, octets)), files);
    }

    private static ProgressBar bar(PrintStream stream, long octets) {
        return TerminalBar.on(stream, "loading")
                .setInitialMax(octets)
                .setUnit(" MiB", MEBIBYTE)
                .showSpeed()
                .build();
    }

    /// The next file begins.
    ReadProgress next(long octets) {
        before += current;
        current = octets;
        begun++;
        long start = before;
        if (bar.isEmpty()) {
            return ReadProgress.SILENT;
        }
        ProgressBar shown = bar.get();
        shown.setExtraMessage(begun + " of " + files);
        return position -> shown.stepTo(start + Math.min(position, octets));
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
