package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.precertocsp.responder.intake.ProgressListener;

/// A progress bar on a terminal, and nothing elsewhere. It disappears when it is closed. The
/// Javadoc of each factory names the method that advances its bar.
final class ProgressDisplay implements AutoCloseable {
    private static final int WIDTH = 79;
    private static final long MEBIBYTE = 1 << 20;

    private final Optional<ProgressBar> bar;
    private final int items;
    private int begun;
    private long before;
    private long current;

    private ProgressDisplay(Optional<ProgressBar> bar, int items) {
        this.bar = bar;
        this.items = items;
    }

    /// For several named items; advanced by [#next]. One item alone has no bar.
    static ProgressDisplay items(Optional<PrintStream> terminal, String task, int items) {
        return new ProgressDisplay(
                terminal.filter(_ -> items > 1)
                        .map(stream -> builder(stream, task).setInitialMax(items).build()),
                items);
    }

    /// For a count whose end may change; advanced by [#at].
    ///
    /// @param unit such as `entries`
    static ProgressDisplay count(Optional<PrintStream> terminal, String task, String unit) {
        return new ProgressDisplay(
                terminal.map(
                        stream -> builder(stream, task).setUnit(" " + unit, 1).showSpeed().build()),
                0);
    }

    /// For bytes; advanced by [#add].
    static ProgressDisplay bytes(Optional<PrintStream> terminal, String task, long bytes) {
        return files(terminal, task, 1, bytes);
    }

    /// One bar for several files; advanced by [#nextFile].
    ///
    /// @param bytes of all files together
    static ProgressDisplay files(
            Optional<PrintStream> terminal, String task, int files, long bytes) {
        return new ProgressDisplay(
                terminal.map(
                        stream ->
                                builder(stream, task)
                                        .setInitialMax(bytes)
                                        .setUnit(" MiB", MEBIBYTE)
                                        .showSpeed()
                                        .build()),
                files);
    }

    private static ProgressBarBuilder builder(PrintStream terminal, String task) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(-1)
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish()
                // With a fixed width the library calls no native code to query the terminal.
                .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH));
    }

    /// The next item begins.
    void next(String name) {
        bar.ifPresent(shown -> shown.setExtraMessage(SafeText.of(name)).stepTo(begun));
        begun++;
    }

    void at(long done, long all) {
        bar.ifPresent(
                shown -> {
                    shown.maxHint(all);
                    shown.stepTo(done);
                });
    }

    void add(long bytes) {
        bar.ifPresent(
                shown -> {
                    // Compressed files contain more bytes than their size.
                    shown.maxHint(Math.max(shown.getMax(), shown.getCurrent() + bytes));
                    shown.stepBy(bytes);
                });
    }

    /// The next file begins.
    ProgressListener nextFile(long bytes) {
        before += current;
        current = bytes;
        begun++;
        long start = before;
        if (bar.isEmpty()) {
            return ProgressListener.SILENT;
        }
        ProgressBar shown = bar.get();
        shown.setExtraMessage(begun + " of " + items);
        return position -> shown.stepTo(start + Math.min(position, bytes));
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
