package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.precertocsp.loadtest.compare.ScalePage;
import org.precertocsp.loadtest.compare.ScalePlan;
import org.precertocsp.loadtest.compare.ScaleReport;
import org.precertocsp.loadtest.compare.ScaleRun;
import org.precertocsp.loadtest.compare.ScaleTable;
import org.precertocsp.loadtest.peers.PeerException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `scale`: repeats the same measurements for growing numbers of serials.
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        description = {
            "Measures how loading, disk, memory, start, signing ahead, answers and a mass revocation"
                    + " of precert-ocsp grow with the number of serials: 10k, 1m, 10m and 100m, up to"
                    + " --up-to.",
            "",
            "Up to 10m it takes some 20 minutes; 100m takes hours, since a response is signed for"
                    + " every serial. Writes scale.json and scale.html. Some 400 bytes of disk for each"
                    + " serial."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured, whether targets were met or not",
            "1:answers were wrong, or many requests failed",
            "2:the command line makes no sense",
            "3:could not be measured"
        })
public final class ScaleCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private MeasurementOptions measuring = new MeasurementOptions();

    @Option(
            names = "--up-to",
            paramLabel = "N",
            defaultValue = "10m",
            converter = CountConverter.class,
            description = "the largest number of serials (default: ${DEFAULT-VALUE})")
    private long largest;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try (WorkDirectory work = measuring.workFolder()) {
            ScaleReport scale =
                    new ScaleRun(plan(work.directory()), new ElapsedTimePrinter(err)::print).run();
            PrintWriter out = spec.commandLine().getOut();
            out.print(ScaleTable.of(scale));
            out.flush();
            Path folder = Files.createDirectories(measuring.output);
            Files.writeString(folder.resolve("scale.json"), scale.json());
            Files.writeString(folder.resolve("scale.html"), ScalePage.of(scale));
            return scale.isSound() ? LoadTestExitCodes.OK : LoadTestExitCodes.WRONG_ANSWERS;
        } catch (PeerException | IOException e) {
            err.println("precert-load: " + e.getMessage());
            err.flush();
            return LoadTestExitCodes.CANNOT;
        }
    }

    private ScalePlan plan(Path work) {
        boolean quick = measuring.quick;
        try {
            return new ScalePlan(
                    measuring.ours(),
                    work,
                    ScalePlan.sizes(largest),
                    measuring.connections,
                    measuring.warmUp(),
                    quick ? 1 : 3,
                    measuring.measured(quick ? 300 : 3_000));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
