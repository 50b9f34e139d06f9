package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.loadtest.corpus.CorpusPlan;
import org.precertocsp.loadtest.corpus.CorpusProgress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `corpus`: writes a synthetic population to files.
@Command(
        name = "corpus",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a CA, its delegated responder, and any number of serials with their status.",
            "",
            "Writes issuer.pem, responder.pem, responder.key, precert-ocsp.yaml, and the files"
                    + " named by --files. The same options give the same files, keys and signatures"
                    + " included: the keys must protect nothing. Some 40 to 90 bytes of disk for"
                    + " each serial and file; memory stays small whatever the number."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:written", "2:the command line makes no sense", "3:not written"})
public final class CorpusCommand implements Callable<Integer> {
    private final ErrorTerminal terminal;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "directory to write into; created if absent")
    private Path directory = Path.of("corpus");

    @Option(
            names = "--serials",
            paramLabel = "N",
            defaultValue = "10k",
            converter = CountConverter.class,
            description = "how many, such as 500, 10k or 100m (default: ${DEFAULT-VALUE})")
    private long serials;

    @Option(
            names = "--revoked",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description = "of them, 0 to 1 (default: ${DEFAULT-VALUE})")
    private double revoked;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "default: 1")
    private long seed;

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            defaultValue = "p256",
            description = "of both keys: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private CorpusKeyType keys = CorpusKeyType.P256;

    @Option(
            names = "--date",
            paramLabel = "DATE",
            description =
                    "the corpus's present, midnight UTC: the CRL is of it (default: today; name it"
                            + " to make the same files another day)")
    private @Nullable LocalDate date;

    @Option(
            names = "--files",
            paramLabel = "NAME",
            split = ",",
            description =
                    "which of ${COMPLETION-CANDIDATES} to write, with commas between (default:"
                            + " all)")
    private Set<CorpusFile> files = EnumSet.allOf(CorpusFile.class);

    public CorpusCommand(ErrorTerminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CorpusPlan plan = plan();
        try (CorpusBars bars = new CorpusBars(plan, terminal)) {
            Corpus corpus = Corpus.write(directory, plan, bars::begin);
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "%,d serials, %,d of them revoked, in %s%n",
                    plan.serials(), plan.population().revoked(plan.serials()), corpus.directory());
            out.flush();
            return LoadTestExitCodes.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println("precert-load: " + directory + ": " + e);
            return LoadTestExitCodes.CANNOT;
        }
    }

    private CorpusPlan plan() {
        try {
            LocalDate day = date == null ? LocalDate.now(ZoneOffset.UTC) : date;
            return new CorpusPlan(serials, revoked, seed, day, keys, files);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /// A progress bar with the time left for each file of a corpus, on a terminal; nothing
    /// elsewhere.
    static final class CorpusBars implements AutoCloseable {
        private static final int WIDTH = 79;
        private static final long THOUSAND = 1_000;
        // Between two updates of the bar: one for every serial would take longer than writing the
        // serial.
        private static final long STRIDE = 1 << 12;
        private static final int CRL_PASSES = 3;

        private final CorpusPlan plan;
        private final ErrorTerminal terminal;
        private Optional<ProgressBar> bar = Optional.empty();

        CorpusBars(CorpusPlan plan, ErrorTerminal terminal) {
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
}
