package org.precertocsp.loadtest.compare;

import java.time.Duration;
import java.util.function.Consumer;

/// Tells every few seconds how many responses have been signed ahead.
final class PresignProgress {
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final long wanted;
    private final Consumer<String> progress;
    private long last = System.nanoTime();

    private PresignProgress(long wanted, Consumer<String> progress) {
        this.wanted = wanted;
        this.progress = progress;
    }

    static PresignProgress printing(long wanted, Consumer<String> progress) {
        return new PresignProgress(wanted, progress);
    }

    void signed(long count) {
        long now = System.nanoTime();
        if (now - last >= PAUSE.toNanos()) {
            last = now;
            progress.accept("%,d of %,d responses signed".formatted(count, wanted));
        }
    }
}
