package org.precertocsp.responder.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.precertocsp.RequiredTools;
import org.precertocsp.TestJvm;

/// Three brokers, two authorities and three edges in network namespaces: clients revoke and ask all
/// the time while nodes, links, disks and records fail. [ClusterHistory] judges what clients saw.
///
/// The usual build has two minutes with some faults, each once; this has ten, or as long as one
/// likes, with all faults at random:
///
/// ```
/// mvn -B -Pcluster verify
/// mvn -B -Pcluster -Dcampaign=2h -Dcampaign.seed=7 verify
/// ```
///
/// `-Dcampaign=figures` measures instead how long things take, and prints it into `campaign.log`;
/// the active authority is killed `-Dcampaign.kills=50` times.
///
/// The history, what each process has printed, and their files are in `target/campaign`.
final class ClusterCampaignIT {
    private static final Path FOLDER = Path.of("target/campaign").toAbsolutePath();
    private static final Path PROGRAM =
            Path.of("target/precert-ocsp/bin/precert-ocsp").toAbsolutePath();

    /// Beside the time of the faults: to start, to recover, to compare.
    private static final Duration AROUND = Duration.ofMinutes(15);

    /// The first process in namespaces of its own for processes, mounts and the network; `/run` is
    /// empty, so that the names of network namespaces are, too.
    private static final String INSIDE =
            "mount -t tmpfs run /run && mkdir /run/netns && exec \"$@\"";

    private static final String TRIAL =
            "mount -t tmpfs run /run && mkdir /run/netns && ip netns add a && ip tuntap add lab1 mode tap";

    @Test
    void no_promise_is_broken_whatever_fails() throws Exception {
        RequiredTools.program("unshare");
        RequiredTools.program("ip");
        // Some containers allow none, in CI as well.
        Assumptions.assumeTrue(
                namespaced("trial", "sh", "-c", TRIAL).start().waitFor() == 0,
                "no namespaces with TAP devices may be made here: run the tests as root, with"
                        + " /dev/net/tun");
        String time = System.getProperty("campaign", "brief");
        String seed =
                System.getProperty("campaign.seed", Long.toString(System.nanoTime() % 1_000_000));
        empty(FOLDER);
        Path log = FOLDER.resolve("campaign.log");
        List<String> java =
                TestJvm.with(
                                List.of("-Xmx512m"),
                                Campaign.class,
                                FOLDER.toString(),
                                mode(time),
                                seed,
                                PROGRAM.toString())
                        .command();
        Process process =
                namespaced(INSIDE, java.toArray(String[]::new))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            boolean done = process.waitFor(AROUND.toSeconds() + seconds(time), TimeUnit.SECONDS);
            assertThat(done).as("it ends in time, see " + FOLDER).isTrue();
            assertThat(process.exitValue())
                    .as(() -> "see %s%n%s".formatted(FOLDER, tail(log)))
                    .isZero();
        } finally {
            // And so all its processes.
            process.destroyForcibly();
            process.waitFor();
        }
    }

    private static ProcessBuilder namespaced(String script, String... words) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "unshare",
                                "--net",
                                "--mount",
                                "--pid",
                                "--fork",
                                "--kill-child",
                                "--mount-proc"));
        if (!"root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("--user", "--map-root-user"));
        }
        if (script.equals(INSIDE)) {
            command.addAll(List.of("sh", "-c", script, "sh"));
        }
        command.addAll(List.of(words));
        return new ProcessBuilder(command);
    }

    private static String mode(String time) {
        return switch (time) {
            case "brief" -> time;
            case "figures" -> "figures-" + System.getProperty("campaign.kills", "10");
            default -> Long.toString(seconds(time));
        };
    }

    private static long seconds(String time) {
        if (time.equals("brief")) {
            return 0;
        }
        if (time.equals("figures")) {
            return TimeUnit.HOURS.toSeconds(1);
        }
        long count = Long.parseLong(time.substring(0, time.length() - 1));
        return switch (time.charAt(time.length() - 1)) {
            case 's' -> count;
            case 'm' -> TimeUnit.MINUTES.toSeconds(count);
            case 'h' -> TimeUnit.HOURS.toSeconds(count);
            default -> throw new IllegalArgumentException(time + " is no time such as 10m or 2h");
        };
    }

    private static void empty(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(folder);
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
