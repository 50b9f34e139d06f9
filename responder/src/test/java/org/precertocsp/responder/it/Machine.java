package org.precertocsp.responder.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A machine of its own on this one: systemd as the first process of a folder, in namespaces of the
/// kernel. It shares the network, so that tests can ask what it serves. Needs root.
final class Machine implements AutoCloseable {
    private static final int ATTEMPTS = 900;

    /// In control groups of its own; where none may be made, in those of the tests.
    private static final String CONFINED =
            """
            trees=/sys/fs/cgroup/*
            if [ -f /sys/fs/cgroup/cgroup.controllers ]; then trees=/sys/fs/cgroup; fi
            for tree in $trees; do
              mine=$tree/precert-ocsp-machine-$$
              { mkdir "$mine" && echo $$ >"$mine/cgroup.procs"; } 2>/dev/null || true
            done
            exec "$@"
            """;

    /// Its processes end a little after the first of them.
    private static final String TIDY =
            """
            for attempt in $(seq 50); do
              find /sys/fs/cgroup -depth -type d -path "*/precert-ocsp-machine-$1*" -exec rmdir {} + && exit
              sleep 0.1
            done
            """;

    private final Process process;
    private final Path directory;
    private final long first;

    private Machine(Process process, Path directory, long first) {
        this.process = process;
        this.directory = directory;
        this.first = first;
    }

    /// @param directory for what the machine itself prints
    static Machine boot(Path root, Path directory) throws IOException, InterruptedException {
        Path script = TestScript.write(directory, "boot.sh");
        Process process =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                CONFINED,
                                "machine",
                                "unshare",
                                "--mount",
                                "--pid",
                                "--uts",
                                "--ipc",
                                "--cgroup",
                                "--fork",
                                "--kill-child",
                                "sh",
                                script.toString(),
                                root.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("boot.log").toFile())
                        .start();
        for (int attempt = 0; attempt < ATTEMPTS && process.isAlive(); attempt++) {
            List<ProcessHandle> children = process.children().toList();
            if (!children.isEmpty()) {
                Machine machine = new Machine(process, directory, children.getFirst().pid());
                if (machine.hasStarted()) {
                    return machine;
                }
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        process.destroyForcibly();
        throw new IllegalStateException(
                "systemd did not start: " + Files.readString(directory.resolve("boot.log")));
    }

    private boolean hasStarted() {
        return run("systemctl", "is-active", "basic.target").output().startsWith("active");
    }

    /// Runs a program in there as root.
    Command.Result run(String... words) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "nsenter",
                                "--target=" + first,
                                "--mount",
                                "--pid",
                                "--uts",
                                "--ipc",
                                "--cgroup",
                                "--root",
                                "--wd",
                                "--"));
        all.addAll(List.of(words));
        return new Command(
                        directory, Map.of("LC_ALL", "C", "DEBIAN_FRONTEND", "noninteractive"), all)
                .run();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            Command.run(directory, "sh", "-c", TIDY, "tidy", Long.toString(process.pid()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
