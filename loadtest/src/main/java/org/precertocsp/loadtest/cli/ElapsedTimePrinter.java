package org.precertocsp.loadtest.cli;

import java.io.PrintWriter;
import java.time.Duration;

/// Prints a line for each step or event, with the time since the start.
final class ElapsedTimePrinter {
    private final PrintWriter err;
    private final long start = System.nanoTime();

    ElapsedTimePrinter(PrintWriter err) {
        this.err = err;
    }

    void print(String text) {
        Duration passed = Duration.ofNanos(System.nanoTime() - start);
        err.printf("%4d:%02d  %s%n", passed.toMinutes(), passed.toSecondsPart(), text);
        err.flush();
    }
}
