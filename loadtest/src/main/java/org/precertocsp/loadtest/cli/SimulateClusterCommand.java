package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.precertocsp.loadtest.cluster.ClusterForecast;
import org.precertocsp.loadtest.cluster.ClusterForecast.DoesNotFitException;
import org.precertocsp.loadtest.cluster.ClusterPlan;
import org.precertocsp.loadtest.cluster.ForecastPage;
import org.precertocsp.loadtest.cluster.ForecastTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `simulate-cluster`: what a cluster would do that no test machine can hold.
@Command(
        name = "simulate-cluster",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Computes what a cluster of authorities and edges would do: how long changes take to"
                    + " reach all edges, which bandwidth and how many signatures it needs, how fast an"
                    + " edge or a site catches up, and how long a takeover takes.",
            "",
            "A discrete-event simulation of the status log, its links and its readers. Nothing is"
                    + " sent or measured: the defaults of the costs were measured on one machine, and"
                    + " yours are better. Writes cluster.html. The same options give the same figures."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:computed",
            "1:it does not fit: a link or an edge has more to do than it can",
            "2:the command line makes no sense",
            "3:cluster.html could not be written"
        })
public final class SimulateClusterCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--serials",
            paramLabel = "N",
            defaultValue = "500m",
            converter = CountConverter.class,
            description = "unexpired, each with a response (default: ${DEFAULT-VALUE})")
    private long serials;

    @Option(
            names = "--edges",
            paramLabel = "N",
            defaultValue = "100",
            description = "spread evenly over the sites (default: ${DEFAULT-VALUE})")
    private int edges;

    @Option(
            names = "--sites",
            paramLabel = "MS",
            split = ",",
            defaultValue = "1,20,40,80,160",
            description =
                    "the round trip between each site and the brokers, in milliseconds (default:"
                            + " ${DEFAULT-VALUE})")
    private List<Double> sites = List.of();

    @Option(
            names = "--changes",
            paramLabel = "N",
            defaultValue = "300",
            description = "assigned and revoked each second (default: ${DEFAULT-VALUE})")
    private double changes;

    @Option(
            names = "--renewal",
            paramLabel = "HOURS",
            defaultValue = "67",
            description = "until a response is signed again (default: ${DEFAULT-VALUE}, 2.8 days)")
    private double renewal;

    @Option(
            names = "--site-link",
            paramLabel = "MBIT",
            defaultValue = "1000",
            description = "of each site, in Mbit/s (default: ${DEFAULT-VALUE})")
    private double siteLink;

    @Option(
            names = "--edge-link",
            paramLabel = "MBIT",
            defaultValue = "100",
            description = "of each edge, in Mbit/s (default: ${DEFAULT-VALUE})")
    private double edgeLink;

    @Option(
            names = "--authority",
            paramLabel = "MS",
            defaultValue = "1",
            description =
                    "the round trip between authorities and brokers (default: ${DEFAULT-VALUE})")
    private double authority;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "300",
            description = "that the cluster is watched (default: ${DEFAULT-VALUE})")
    private long seconds;

    @Option(
            names = "--cut",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description = "that an edge, and then a site, is cut off (default: ${DEFAULT-VALUE})")
    private long cut;

    @Option(
            names = "--max-staleness",
            paramLabel = "SECONDS",
            defaultValue = "900",
            description = "as in the configuration of the cluster (default: ${DEFAULT-VALUE})")
    private long maxStaleness;

    @Option(
            names = "--append",
            paramLabel = "MS",
            defaultValue = "5",
            description =
                    "until three brokers have a record, synced by the first of them (default:"
                            + " ${DEFAULT-VALUE}, an assumption: it is that of the disks)")
    private double append;

    @Option(
            names = "--verify",
            paramLabel = "US",
            defaultValue = "300",
            description =
                    "to check the signature of a record, in µs (default: ${DEFAULT-VALUE}: Ed25519"
                            + " of Bouncy Castle on a busy core at 2.8 GHz)")
    private double verify;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "150k",
            converter = CountConverter.class,
            description =
                    "that an edge writes each second (default: ${DEFAULT-VALUE}: 240k to 300k were reached"
                            + " on that core, with 500 rows in a record)")
    private long rows;

    @Option(
            names = "--write",
            paramLabel = "US",
            defaultValue = "100",
            description =
                    "of one write to the store of an edge, which does not wait for the disk, in µs"
                            + " (default: ${DEFAULT-VALUE}, an assumption)")
    private double write;

    @Option(
            names = "--sign",
            paramLabel = "US",
            defaultValue = "100",
            description =
                    "of one response, in µs of one core (default: ${DEFAULT-VALUE}, as a live answer"
                            + " of P-256 costs on that core, see the README; bench measures yours)")
    private double sign;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "default: 1")
    private long seed;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            defaultValue = ".",
            description = "directory for cluster.html (default: this one)")
    private Path output = Path.of(".");

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        ClusterForecast forecast;
        try {
            forecast = ClusterForecast.of(plan(), new ElapsedTimePrinter(err)::print);
        } catch (DoesNotFitException e) {
            err.println("precert-load: " + e.getMessage());
            err.flush();
            return LoadTestExitCodes.WRONG_ANSWERS;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(ForecastTable.of(forecast));
        out.flush();
        try {
            Files.writeString(
                    Files.createDirectories(output).resolve("cluster.html"),
                    ForecastPage.of(forecast));
        } catch (IOException e) {
            err.println("precert-load: cluster.html cannot be written: " + e);
            err.flush();
            return LoadTestExitCodes.CANNOT;
        }
        return LoadTestExitCodes.OK;
    }

    private ClusterPlan plan() {
        try {
            return new ClusterPlan(
                    serials,
                    edges,
                    sites,
                    changes,
                    Duration.ofSeconds(Math.round(renewal * 3_600)),
                    siteLink,
                    edgeLink,
                    authority,
                    Duration.ofSeconds(seconds),
                    Duration.ofSeconds(cut),
                    Duration.ofSeconds(maxStaleness),
                    new ClusterPlan.Costs(
                            append,
                            verify,
                            rows,
                            write,
                            1,
                            RECORD_BYTES,
                            CHANGE_BYTES,
                            RESPONSE_BYTES,
                            sign),
                    seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    // As records have them: of one change with its rows 282 bytes, a response 98 without the frame
    // that Kafka gives each record.
    private static final double RECORD_BYTES = 160;
    private static final double CHANGE_BYTES = 130;
    private static final double RESPONSE_BYTES = 120;
}
