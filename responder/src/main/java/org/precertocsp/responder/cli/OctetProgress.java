package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.util.Optional;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;

/// A bar that grows with the octets read, on a terminal; nothing elsewhere.
final class OctetProgress implements LongConsumer, AutoCloseable {
    private static final long MEBIBYTE = 1 << 20;

    private final Optional<ProgressBar> bar;

    private OctetProgress(Optional<ProgressBar> bar) {
        this.bar = bar;
    }

    static OctetProgress begin(Optional<PrintStream> terminal, String task, long octets) {
        return new OctetProgress(terminal.map(stream -> bar(stream, task, octets)));
    }

    private static ProgressBar bar(PrintStream stream, String task, long octets) {
        return TerminalBar.on(stream, task)
                .setInitialMax(octets)
                .setUnit(" MiB", MEBIBYTE)
                .showSpeed()
                .build();
    }

    @Override
    public void accept(long octets) {
        bar.ifPresent(
                shown -> {
                    // Compressed files hold more than their size says.
                    shown.maxHint(Math.max(shown.getMax(), shown.getCurrent() + octets));
                    shown.stepBy(octets);
                });
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
