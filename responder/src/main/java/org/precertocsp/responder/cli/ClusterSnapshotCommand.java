package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterKeys;
import org.precertocsp.responder.cluster.snapshot.InvalidSnapshotException;
import org.precertocsp.responder.cluster.snapshot.SnapshotDirectory;
import org.precertocsp.responder.cluster.snapshot.SnapshotManifest;
import org.precertocsp.responder.cluster.snapshot.SnapshotMonitor;
import org.precertocsp.responder.cluster.snapshot.SnapshotVerifier;
import org.precertocsp.responder.cluster.snapshot.SnapshotWriter;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.io.FileRequests;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.RocksStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cluster snapshot` and `cluster verify`: snapshots from which new nodes begin.
final class ClusterSnapshotCommand {
    private ClusterSnapshotCommand() {}

    /// @throws IOException this is a single node
    private static ClusterConfig cluster(ConfigOption option, ServerConfig config)
            throws IOException {
        return config.cluster()
                .orElseThrow(
                        () ->
                                new IOException(
                                        option.file()
                                                + " has no section cluster, so this is a single node"
                                                + " (see: precert-ocsp config sample)"));
    }

    /// `cluster snapshot`.
    @Command(
            name = "snapshot",
            description = {
                "Write a snapshot of this authority's store now, from which new nodes begin, and those"
                        + " that missed what the log has deleted. The server writes it if it runs,"
                        + " and goes on meanwhile; otherwise this command does. Authorities do so by"
                        + " themselves, too, as often as cluster.snapshots.every says.",
                "",
                "It appears in cluster.snapshots.directory when it is complete, signed with the cluster"
                        + " key. The oldest ones of this authority are deleted, so that"
                        + " cluster.snapshots.keep are left. Run it as the server's user."
            },
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:the snapshot is complete",
                "1:this node is an edge, which writes none",
                ExitCodes.USAGE_HELP,
                "3:it failed: no space, no store, a disk error, another one in progress; nothing of it"
                        + " is left"
            },
            footerHeading = "%nExample:%n",
            footer = "  precert-ocsp cluster snapshot -c precert-ocsp.yaml")
    static final class Snapshot implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();
        @Mixin private OutputOptions output = new OutputOptions();

        @Option(
                names = "--wait",
                paramLabel = "SECONDS",
                description =
                        "how long to wait for the server; it goes on afterwards. Default:"
                                + " ${DEFAULT-VALUE}",
                defaultValue = "3600")
        private int seconds = 3600;

        private final CommandEnvironment environment;

        Snapshot(CommandEnvironment environment) {
            this.environment = environment;
        }

        @Override
        public Integer call() throws IOException, ConfigException {
            ServerConfig file = config.read();
            ClusterConfig cluster = cluster(config, file);
            if (cluster.role() == ClusterConfig.Role.EDGE) {
                CommandErrorHandler.report(
                        spec, "%s is an edge: run this at an authority".formatted(cluster.name()));
                return ExitCodes.REFUSED;
            }
            Optional<String> objection =
                    DataOwnershipCheck.objection(List.copyOf(file.directories().values()));
            if (objection.isPresent()) {
                throw new IOException(objection.get());
            }
            SnapshotMonitor.Made made;
            try {
                made =
                        SnapshotMonitor.request(
                                file.auditSettings().newestSetDirectory(),
                                Duration.ofSeconds(seconds));
            } catch (FileRequests.NotTaken _) {
                made = write(file, cluster);
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println(output.json() ? Json.line(made) : text(made));
            out.flush();
            return ExitCodes.OK;
        }

        private static String text(SnapshotMonitor.Made made) {
            return String.format(
                    Locale.ROOT,
                    "snapshot %s: change %d of generation %d, %,d rows in %,d files, %,.1f MB",
                    SafeText.of(made.path()),
                    made.sequence(),
                    made.generation(),
                    made.rows(),
                    made.files(),
                    made.bytes() / 1e6);
        }

        /// Without a server.
        private SnapshotMonitor.Made write(ServerConfig file, ClusterConfig cluster)
                throws IOException {
            ClusterConfig.Snapshots snapshots = cluster.snapshots().orElseThrow();
            SnapshotWriter writer =
                    new SnapshotWriter(
                            new SnapshotDirectory(SnapshotMonitor.directory(snapshots)),
                            cluster.name(),
                            ClusterKeys.readPrivate(cluster.key()),
                            snapshots.keep(),
                            VersionProvider.number(),
                            environment.clock());
            long[] done = {0};
            try (RocksStore store = RocksStore.openReadOnly(file.store());
                    ProgressDisplay display =
                            ProgressDisplay.count(
                                    output.terminal(environment), "snapshot", "rows")) {
                return SnapshotMonitor.Made.of(
                        writer.write(
                                store,
                                (rows, all) -> {
                                    done[0] += rows;
                                    display.at(done[0], Math.max(done[0], all));
                                }));
            } catch (StoreException e) {
                throw new IOException(String.valueOf(e.getMessage()), e);
            }
        }
    }

    /// `cluster verify`.
    @Command(
            name = "verify",
            description = {
                "Verify snapshots: that an authority of this cluster signed each, the size and hash of"
                        + " every file, that all of them open, and that the rows are those that the"
                        + " authority had. Nothing is written, and no server is needed. Nodes verify"
                        + " signature and hashes by themselves when they take one."
            },
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:all are well",
                "1:one is not what an authority wrote, or of another cluster",
                ExitCodes.USAGE_HELP,
                "3:one cannot be read"
            },
            footerHeading = "%nExample:%n",
            footer =
                    "  precert-ocsp cluster verify -c precert-ocsp.yaml store-snapshots/20270115T031500Z-a")
    static final class Verify implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();
        @Mixin private OutputOptions output = new OutputOptions();

        @Parameters(
                paramLabel = "SNAPSHOT",
                arity = "1..*",
                description = "directories of one snapshot each")
        private List<Path> snapshots = List.of();

        private final CommandEnvironment environment;

        Verify(CommandEnvironment environment) {
            this.environment = environment;
        }

        /// The output of `--json`, one line for each.
        ///
        /// @param problem empty if it is well
        record Report(
                String path,
                Optional<String> problem,
                Optional<String> authority,
                long generation,
                long sequence,
                long rows,
                long bytes) {}

        @Override
        public Integer call() throws IOException, ConfigException {
            ClusterConfig cluster = cluster(config, config.read());
            boolean well = true;
            PrintWriter out = spec.commandLine().getOut();
            for (Path snapshot : snapshots) {
                try {
                    report(out, snapshot, verify(snapshot, cluster));
                } catch (InvalidSnapshotException e) {
                    well = false;
                    String why = String.valueOf(e.getMessage());
                    if (output.json()) {
                        out.println(
                                Json.line(
                                        new Report(
                                                snapshot.toString(),
                                                Optional.of(why),
                                                Optional.empty(),
                                                0,
                                                0,
                                                0,
                                                0)));
                    } else {
                        out.println("problem: " + SafeText.of(why));
                    }
                }
                out.flush();
            }
            return well ? ExitCodes.OK : ExitCodes.REFUSED;
        }

        private SnapshotManifest verify(Path snapshot, ClusterConfig cluster)
                throws IOException, InvalidSnapshotException {
            long[] done = {0};
            try (ProgressDisplay display =
                    ProgressDisplay.count(output.terminal(environment), "verifying", "rows")) {
                return SnapshotVerifier.verify(
                        snapshot,
                        cluster,
                        new SnapshotVerifier.Progress() {
                            @Override
                            public void compared(long bytes) {
                                // Much faster than the rows.
                            }

                            @Override
                            public void read(long rows) {
                                done[0] += rows;
                                display.at(done[0], done[0]);
                            }
                        });
            }
        }

        private void report(PrintWriter out, Path snapshot, SnapshotManifest manifest) {
            if (output.json()) {
                out.println(
                        Json.line(
                                new Report(
                                        snapshot.toString(),
                                        Optional.empty(),
                                        Optional.of(manifest.authority()),
                                        manifest.generation(),
                                        manifest.sequence(),
                                        manifest.rows(),
                                        manifest.bytes())));
            } else {
                out.println(
                        String.format(
                                Locale.ROOT,
                                "ok: %s, by authority %s at %s: change %d of generation %d, %,d rows,"
                                        + " %,.1f MB",
                                SafeText.of(snapshot.toString()),
                                manifest.authority(),
                                manifest.madeAt(),
                                manifest.sequence(),
                                manifest.generation(),
                                manifest.rows(),
                                manifest.bytes() / 1e6));
            }
        }
    }
}
