package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.precertocsp.loadtest.report.MeasurementJson;
import org.precertocsp.loadtest.report.TargetsTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `targets`: prints the measured values line by line as the targets table.
@Command(
        name = "targets",
        mixinStandardHelpOptions = true,
        description = {
            "Prints, as Markdown, each target with what compare, scale and bench measured of it: the"
                    + " 14 numbered ones, then others (–), then those of reading CT logs (CT).",
            "",
            "Reads compare.json, scale.json and bench.json, as far as they are there."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:printed, whether targets were met or not",
            "2:the command line makes no sense",
            "3:there is no such file, or it was not written by these commands"
        })
public final class TargetsCommand implements Callable<Integer> {
    private static final List<String> FILES = List.of("compare.json", "scale.json", "bench.json");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..*",
            paramLabel = "DIR",
            defaultValue = ".",
            description = {
                "where the files are, one directory or several (default: this one); of a target that"
                        + " several measured, the first counts"
            })
    private List<Path> folders = List.of(Path.of("."));

    @Override
    public Integer call() throws IOException {
        List<MeasurementJson.Essence> measurements = new ArrayList<>();
        for (Path folder : folders) {
            for (String name : FILES) {
                Path file = folder.resolve(name);
                if (Files.exists(file)) {
                    measurements.add(MeasurementJson.read(file));
                }
            }
        }
        if (measurements.isEmpty()) {
            Path folder = folders.getFirst();
            throw new IOException(
                    "%s holds none of %s: run compare, scale or bench with --out %s first"
                            .formatted(folder, String.join(", ", FILES), folder));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(TargetsTable.of(measurements));
        out.flush();
        return LoadTestExitCodes.OK;
    }
}
