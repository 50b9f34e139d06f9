package org.precertocsp.loadtest.cli;

import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusPlan;
import org.precertocsp.loadtest.corpus.CorpusProgress;

/// A progress bar with the time left for each file of a corpus, on a terminal; nothing elsewhere.
final class CorpusBars implements AutoCloseable {
    private static final int WIDTH = 79;
    private static final long THOUSAND = 1_000;
    // Between two looks at the bar: asking it for every serial would take longer than the serial.
    private static final long STRIDE = 1 << 12;
    private static final int CRL_PASSES = 3;

    private final CorpusPlan plan;
    private final Terminal terminal;
    private Optional<ProgressBar> bar = Optional.empty();

    CorpusBars(CorpusPlan plan, Terminal terminal) {
        this.plan = plan;
        this.terminal = terminal;
    }

    CorpusProgress begin(CorpusFile file) {
        close();
        if (!terminal.watched()) {
            return CorpusProgress.SILENT;
        }
        int passes = file == CorpusFile.CRL ? CRL_PASSES : 1;
        ProgressBar shown =
                new ProgressBarBuilder()
                        .setTaskName(file.fileName())
                        .setInitialMax(plan.serials() * passes)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUnit("k", THOUSAND)
                        .showSpeed()
                        .setConsumer(new ConsoleProgressBarConsumer(terminal.stream(), WIDTH))
                        .build();
        bar = Optional.of(shown);
        return done -> {
            if (done % STRIDE == 0 && done > 0) {
                shown.stepBy(STRIDE);
            } else if (done == plan.serials()) {
                shown.stepTo(shown.getMax());
            }
        };
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }
}
