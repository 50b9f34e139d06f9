package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.precertocsp.responder.cluster.ClaimRequests;
import org.precertocsp.responder.cluster.ClusterAuthority.ClaimResult;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterSummary.AuthorityState;
import org.precertocsp.responder.cluster.ClusterSummary.EdgeState;
import org.precertocsp.responder.cluster.ClusterSummary.State;
import org.precertocsp.responder.cluster.Recovery;
import org.precertocsp.responder.cluster.kafka.ClusterAdmin;
import org.precertocsp.responder.cluster.kafka.ClusterAdmin.Finding;
import org.precertocsp.responder.cluster.kafka.ClusterAdmin.InitResult;
import org.precertocsp.responder.cluster.kafka.ClusterAdmin.RecoverResult;
import org.precertocsp.responder.cluster.kafka.ClusterAdmin.TopicResult;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `cluster`: prepares the brokers of a cluster, examines them, and shows how far its nodes are.
@Command(
        name = "cluster",
        description = "Prepare, check and watch a cluster of authorities and edges.",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true)
public final class ClusterCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private ClusterCommand() {}

    /// What the store of this node has read of the log, though a server may be using it.
    @FunctionalInterface
    public interface StoredRecovery {
        /// @return empty if it has read none
        Optional<Recovery> of(ServerConfig config) throws IOException;
    }

    public static CommandLine of(InstantSource clock, StoredRecovery stored) {
        return new CommandLine(new ClusterCommand())
                .addSubcommand(new InitCommand(clock, stored))
                .addSubcommand(new CheckCommand(clock))
                .addSubcommand(new StatusCommand(clock))
                .addSubcommand(new ClaimCommand())
                .addSubcommand(new RecoverCommand(clock, stored))
                .addSubcommand(new ClusterSnapshotCommand.Snapshot(CommandEnvironment.ofProcess()))
                .addSubcommand(new ClusterSnapshotCommand.Verify(CommandEnvironment.ofProcess()));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "name a command: init, check, status, claim, recover, snapshot or verify");
    }

    private static ClusterAdmin admin(ConfigOption config, InstantSource clock)
            throws IOException, ConfigException {
        return new ClusterAdmin(cluster(config, config.read()), clock);
    }

    private static ClusterConfig cluster(ConfigOption config, ServerConfig read)
            throws IOException {
        return read.cluster()
                .orElseThrow(
                        () ->
                                new IOException(
                                        config.file()
                                                + " has no section cluster, so this is a single node"
                                                + " (see: precert-ocsp config sample)"));
    }

    /// `cluster init`.
    @Command(
            name = "init",
            description = {
                "Create the topics of a cluster, set so that nothing acknowledged is lost: three"
                        + " replicas, two of them in sync before a record counts, each record of the"
                        + " status topic on disk, no unclean election. Then an authority begins the"
                        + " empty status log with its first record: run this at one before any starts.",
                "",
                "Topics that are there are not changed. If one of them is weaker, each setting is named"
                        + " with its value, the value it must have, and the command that sets it."
            },
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:all topics are there as they must be",
                "1:a topic that was there is weaker; nothing of it was changed",
                ExitCodes.USAGE_HELP,
                "3:the brokers cannot be reached, or refuse"
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  precert-ocsp cluster init -c precert-ocsp.yaml",
                "  precert-ocsp cluster init -c precert-ocsp.yaml --replication 1   (a trial with one"
                        + " broker on this machine)"
            })
    static final class InitCommand implements Callable<Integer> {
        private static final int USUAL = 3;

        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();

        @Option(
                names = "--replication",
                paramLabel = "COUNT",
                description =
                        "3, or 1 for a single broker at a loopback address. Default: ${DEFAULT-VALUE}.",
                defaultValue = "3")
        private int replication = USUAL;

        private final InstantSource clock;
        private final StoredRecovery stored;

        InitCommand(InstantSource clock, StoredRecovery stored) {
            this.clock = clock;
            this.stored = stored;
        }

        @Override
        public Integer call() throws IOException, ConfigException {
            ServerConfig read = config.read();
            ClusterAdmin admin = new ClusterAdmin(cluster(config, read), clock);
            checkReplication(spec, admin, replication);
            PrintWriter out = spec.commandLine().getOut();
            // A log that begins with nothing is not the one this node has read.
            boolean begin = stored.of(read).isEmpty();
            InitResult done = admin.init(replication, begin);
            for (TopicResult result : done.topics()) {
                if (result.problems().isEmpty()) {
                    out.println(
                            (result.created() ? "created: " : "is there: ")
                                    + SafeText.of(result.topic()));
                }
                result.problems().forEach(it -> out.println("refused: " + SafeText.of(it)));
            }
            if (done.begun()) {
                out.println("begun: " + admin.cluster().kafka().statusTopic());
            }
            if (done.isEmpty()) {
                out.println(
                        "refused: %s is empty, and this node has read changes from it: see precert-ocsp cluster recover --help"
                                .formatted(admin.cluster().kafka().statusTopic()));
            }
            out.flush();
            return done.isDone() ? ExitCodes.OK : ExitCodes.REFUSED;
        }

        static void checkReplication(CommandSpec spec, ClusterAdmin admin, int replication) {
            if (replication != 1 && replication != USUAL) {
                throw new ParameterException(
                        spec.commandLine(), "--replication is 3, or 1 for a single broker");
            }
            if (replication == 1 && !admin.cluster().kafka().isLocal()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--replication 1 is for a broker at a loopback address: its loss would be the"
                                + " loss of the log");
            }
        }
    }

    /// `cluster check`.
    @Command(
            name = "check",
            description = {
                "Check what this node needs of its cluster: brokers, the settings of topics, its rights"
                        + " on them, and those it must not have, its key, its clock, and that all"
                        + " nodes of the roster were heard lately. Nothing is written."
            },
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                ExitCodes.OK_HELP,
                "1:problems found",
                ExitCodes.USAGE_HELP,
                "3:the brokers cannot be reached, or refuse"
            },
            footerHeading = "%nExample:%n",
            footer = "  precert-ocsp cluster check -c precert-ocsp.yaml")
    static final class CheckCommand implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();

        private final InstantSource clock;

        CheckCommand(InstantSource clock) {
            this.clock = clock;
        }

        @Override
        public Integer call() throws IOException, ConfigException {
            List<Finding> findings = admin(config, clock).check();
            PrintWriter out = spec.commandLine().getOut();
            for (Finding finding : findings) {
                String what = SafeText.of(finding.what());
                out.println(
                        finding.problem()
                                .map(it -> "problem: " + what + ": " + SafeText.of(it))
                                .orElse("ok: " + what));
            }
            out.flush();
            return findings.stream().allMatch(it -> it.problem().isEmpty())
                    ? ExitCodes.OK
                    : ExitCodes.REFUSED;
        }
    }

    /// `cluster status`.
    @Command(
            name = "status",
            description = {
                "Show who may write, and how far each node is, by reading the newest records of the"
                        + " log. No node needs to run.",
                "",
                "epoch: the term of the authority that holds it. sequence: number of the newest change."
                        + " applied: the newest one that an edge has applied; lag: how many it has"
                        + " not. lease: how long ago the edge was up to date for certain; at"
                        + " maxStaleness it stops to say good. Edges are known to authorities only."
                        + " responses: signed ones on their way to edges, some hundred in a record."
            },
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                ExitCodes.OK_HELP,
                "1:a node is silent, an edge has no lease, or records are forged",
                ExitCodes.USAGE_HELP,
                "3:the brokers cannot be reached, or refuse"
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  precert-ocsp cluster status -c precert-ocsp.yaml",
                "  precert-ocsp cluster status -c precert-ocsp.yaml --json"
            })
    static final class StatusCommand implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();

        @Option(names = "--json", description = "Print one JSON object instead of text.")
        private boolean json;

        private final InstantSource clock;

        StatusCommand(InstantSource clock) {
            this.clock = clock;
        }

        @Override
        public Integer call() throws IOException, ConfigException {
            State state = admin(config, clock).status();
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(Json.line(state));
            } else {
                print(out, state);
            }
            out.flush();
            return state.problems().isEmpty() ? ExitCodes.OK : ExitCodes.REFUSED;
        }

        private static void print(PrintWriter out, State state) {
            out.println(
                    "epoch %d of generation %d, held by %s; sequence %d"
                            .formatted(
                                    state.epoch(),
                                    state.generation(),
                                    state.holder().orElse("nobody"),
                                    state.sequence()));
            for (AuthorityState node : state.authorities()) {
                out.println(
                        "authority %-12s %-8s sequence %d, last beat %s"
                                .formatted(
                                        node.name(),
                                        node.beat().isEmpty()
                                                ? "unheard"
                                                : node.holder() ? "active" : "standby",
                                        node.sequence(),
                                        ago(node.beat())));
            }
            for (EdgeState node : state.edges()) {
                out.println(
                        "edge      %-12s applied %d, lag %d, last report %s, lease %s"
                                .formatted(
                                        node.name(),
                                        node.applied(),
                                        node.lag(),
                                        ago(node.report()),
                                        node.lease().map(StatusCommand::seconds).orElse("none")));
            }
            state.responses()
                    .ifPresent(
                            it ->
                                    out.println(
                                            "responses: %d records, the newest %s"
                                                    .formatted(it.records(), ago(it.newest()))));
            state.problems().forEach(it -> out.println("problem: " + SafeText.of(it)));
        }

        private static String ago(Optional<Duration> age) {
            return age.map(it -> seconds(it) + " ago").orElse("never");
        }

        private static String seconds(Duration age) {
            return String.format(Locale.ROOT, "%.1f s", age.toMillis() / 1000.0);
        }
    }

    /// `cluster claim`.
    @Command(
            name = "claim",
            description = {
                "Make the running authority of this machine take changes, in the place of the one that"
                        + " does now, and wait for it. For takeover: manual when that one is lost, and"
                        + " before maintenance of that one. It need not be stopped: from the claim on"
                        + " nothing it writes counts, and changes it has not acknowledged by then must"
                        + " be sent again.",
                "",
                "Run it as the server's user, or as root. The order is recorded in the audit log."
            },
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:it takes changes now",
                "1:it does not: the text says why",
                ExitCodes.USAGE_HELP,
                "3:no authority runs with this configuration, or it does not reply"
            },
            footerHeading = "%nExample:%n",
            footer = "  precert-ocsp cluster claim -c precert-ocsp.yaml")
    static final class ClaimCommand implements Callable<Integer> {
        private static final Duration BEGIN = Duration.ofSeconds(10);

        /// The append of a claim may be in doubt, and is waited for then.
        private static final Duration END = Duration.ofSeconds(90);

        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();

        @Override
        public Integer call() throws IOException, ConfigException {
            ServerConfig read = config.read();
            ClusterConfig cluster = cluster(config, read);
            PrintWriter err = spec.commandLine().getErr();
            if (cluster.role() == ClusterConfig.Role.EDGE) {
                err.println(
                        "refused: %s is an edge, which takes no changes: run this at an authority"
                                .formatted(cluster.name()));
                err.flush();
                return ExitCodes.REFUSED;
            }
            ClaimResult result = new ClaimRequests(read.alerts().directory()).send(BEGIN, END);
            if (result.active()) {
                PrintWriter out = spec.commandLine().getOut();
                out.println("authority %s %s".formatted(cluster.name(), result.what()));
                out.flush();
                return ExitCodes.OK;
            }
            err.println(
                    "refused: authority %s: %s"
                            .formatted(cluster.name(), SafeText.of(result.what())));
            err.flush();
            return ExitCodes.REFUSED;
        }
    }

    /// `cluster recover`.
    @Command(
            name = "recover",
            description = {
                "Begin the status log anew when the brokers have lost it for good, from the store of this"
                        + " authority. A node that has the same changes goes on without a restart; one"
                        + " that has fewer stops and needs a copy of a store; one that has more refuses"
                        + " to follow and stops. Both raise the alert CLUSTER_STOPPED.",
                "",
                "1. Bring the brokers up again, and see that the topics are gone or empty. If the log can"
                        + " be brought back, do that instead.",
                "2. Run this without --yes at every authority, whether it runs or not: it shows how far"
                        + " each is, and changes nothing.",
                "3. Run it with --yes at the one with the highest change: whatever was acknowledged is"
                        + " in its store. It creates missing topics as \"cluster init\" does, which is"
                        + " not for this.",
                "",
                "At an edge it only shows how far that edge is."
            },
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:the log has begun anew; or, without --yes, this node's state was shown",
                "1:refused: the topic is not empty or weaker, or this node cannot begin it",
                ExitCodes.USAGE_HELP,
                "3:the brokers cannot be reached, or refuse, or the store cannot be read"
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  precert-ocsp cluster recover -c precert-ocsp.yaml",
                "  precert-ocsp cluster recover -c precert-ocsp.yaml --yes"
            })
    static final class RecoverCommand implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();

        @Option(
                names = "--yes",
                description = "Begin the log anew from this authority; cannot be undone.")
        private boolean yes;

        @Option(
                names = "--replication",
                paramLabel = "COUNT",
                description = "As of \"cluster init\". Default: ${DEFAULT-VALUE}.",
                defaultValue = "3")
        private int replication = InitCommand.USUAL;

        private final InstantSource clock;
        private final StoredRecovery stored;

        RecoverCommand(InstantSource clock, StoredRecovery stored) {
            this.clock = clock;
            this.stored = stored;
        }

        @Override
        public Integer call() throws IOException, ConfigException {
            ServerConfig read = config.read();
            ClusterAdmin admin = new ClusterAdmin(cluster(config, read), clock);
            InitCommand.checkReplication(spec, admin, replication);
            Optional<Recovery> from = stored.of(read);
            if (from.isEmpty()) {
                return refused(
                        "the store of %s has read no log of a cluster: begin a new cluster with cluster init"
                                .formatted(admin.cluster().name()));
            }
            if (!yes) {
                show(admin.cluster(), from.get());
                return ExitCodes.OK;
            }
            if (admin.cluster().role() == ClusterConfig.Role.EDGE) {
                return refused(
                        "%s is an edge, which begins no log: run this at an authority"
                                .formatted(admin.cluster().name()));
            }
            RecoverResult done = admin.recover(replication, from.get());
            PrintWriter out = spec.commandLine().getOut();
            for (TopicResult result : done.topics()) {
                if (result.created()) {
                    out.println("created: " + SafeText.of(result.topic()));
                }
                result.problems().forEach(it -> out.println("refused: " + SafeText.of(it)));
            }
            out.flush();
            if (done.refused().isPresent()) {
                return refused(done.refused().get());
            }
            out.println(
                    "begun: %s, generation %d, after change %d"
                            .formatted(
                                    admin.cluster().kafka().statusTopic(),
                                    from.get().generation() + 1,
                                    from.get().sequence()));
            out.flush();
            return ExitCodes.OK;
        }

        private int refused(String why) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("refused: " + SafeText.of(why));
            err.flush();
            return ExitCodes.REFUSED;
        }

        private void show(ClusterConfig cluster, Recovery from) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(
                    "%s has change %d (digest %s), of epoch %d and generation %d"
                            .formatted(
                                    cluster.name(),
                                    from.sequence(),
                                    from.digest(),
                                    from.epoch(),
                                    from.generation()));
            if (cluster.role() == ClusterConfig.Role.AUTHORITY) {
                out.println(
                        ("with --yes, %s begins anew as generation %d, after change %d: nodes that"
                                        + " have more changes refuse to follow it, nodes that have"
                                        + " fewer stop")
                                .formatted(
                                        cluster.kafka().statusTopic(),
                                        from.generation() + 1,
                                        from.sequence()));
            }
            out.flush();
        }
    }
}
