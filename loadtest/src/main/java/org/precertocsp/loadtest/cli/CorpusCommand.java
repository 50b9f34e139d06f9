package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusPlan;
import org.precertocsp.loadtest.corpus.KeyKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `corpus`: a synthetic population as files.
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
    private final Terminal terminal;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "folder to write into; created if absent")
    private Path directory = Path.of("corpus");

    @Option(
            names = "--serials",
            paramLabel = "N",
            defaultValue = "10k",
            converter = Count.class,
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
    private KeyKind keys = KeyKind.P256;

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

    public CorpusCommand(Terminal terminal) {
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
            return ExitCodes.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println("precert-load: " + directory + ": " + e);
            return ExitCodes.CANNOT;
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
}
