package org.precertocsp.responder.cli.demo;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Processes that belong to this one: each writes its output to `NAME.log`, its id is in
/// `NAME.pid`, and none outlives this process, however it ends.
///
/// A process that is killed cannot end others. So there is a watchdog, a shell that reads their ids
/// from a pipe: the end of the pipe is the end of this process, and then the shell kills what is
/// still there. An id may belong to somebody else by then; so the shell looks whether the command
/// line names this directory.
///
/// Not thread-safe.
final class DemoProcesses implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int END_OF_LOG = 2_000;

    /// The first argument is the directory. Signals that reach the whole group, as Ctrl-C does,
    /// must not end the shell before the others.
    private static final String WATCHDOG =
            """
            trap '' INT TERM HUP
            ids=
            while read -r id; do ids="$ids $id"; done
            for id in $ids; do
              if tr '\\0' ' ' 2>/dev/null <"/proc/$id/cmdline" | grep -qF "$1"; then kill -KILL "$id"; fi
            done
            """;

    /// A process to start, perhaps again.
    ///
    /// @param first whether it is ended before the others
    record Program(
            String name, List<String> command, Map<String, String> environment, boolean first) {}

    private final Path directory;
    private final Process watchdog;
    private final Writer ids;
    private final Map<Program, Process> running = new LinkedHashMap<>();

    private DemoProcesses(Path directory, Process watchdog) {
        this.directory = directory;
        this.watchdog = watchdog;
        this.ids = watchdog.outputWriter(StandardCharsets.US_ASCII);
    }

    /// @param directory in the command line of every process that is started later
    static DemoProcesses in(Path directory) throws IOException {
        return new DemoProcesses(
                directory,
                new ProcessBuilder("sh", "-c", WATCHDOG, "sh", directory.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }

    /// Starts a process; what an earlier one of that name wrote stays in the log.
    ///
    /// @return its id
    long start(Program program) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(program.command())
                        .directory(directory.toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(log(program.name()).toFile()));
        builder.environment().putAll(program.environment());
        Process process = builder.start();
        running.put(program, process);
        ids.write(process.pid() + "\n");
        ids.flush();
        Files.writeString(directory.resolve(program.name() + ".pid"), process.pid() + "\n");
        return process.pid();
    }

    Path log(String name) {
        return directory.resolve(name + ".log");
    }

    /// The last lines that a process wrote.
    String endOfLog(String name) throws IOException {
        String text = Files.exists(log(name)) ? Files.readString(log(name)) : "";
        return text.substring(Math.max(0, text.length() - END_OF_LOG)).strip();
    }

    /// A process that ended.
    record Ended(Program program, int code) {}

    /// Processes that ended since this was last asked.
    List<Ended> ended() {
        List<Ended> ended = new ArrayList<>();
        running.forEach(
                (program, process) -> {
                    if (!process.isAlive()) {
                        ended.add(new Ended(program, process.exitValue()));
                    }
                });
        ended.forEach(it -> running.remove(it.program()));
        return ended;
    }

    boolean isRunning(Program program) {
        return running.containsKey(program);
    }

    /// Ends all: asks them first, and kills those that do not end soon. Returns when none is left.
    @Override
    public void close() {
        end(running.entrySet().stream().filter(it -> it.getKey().first()).toList());
        end(running.entrySet().stream().filter(it -> !it.getKey().first()).toList());
        running.clear();
        try {
            ids.close();
        } catch (IOException _) {
            // The watchdog was ended by somebody else, and has nothing to do.
        }
        awaitEnd(watchdog, System.nanoTime() + PATIENCE.toNanos());
    }

    private void end(Collection<Map.Entry<Program, Process>> some) {
        List<Process> processes = some.stream().map(Map.Entry::getValue).toList();
        processes.forEach(Process::destroy);
        wake(processes);
        long limit = System.nanoTime() + PATIENCE.toNanos();
        processes.forEach(it -> awaitEnd(it, limit));
    }

    /// A process that is paused would not see the signal to end.
    private static void wake(List<Process> processes) {
        if (processes.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -CONT \"$@\"", "sh"));
        processes.forEach(it -> command.add(Long.toString(it.pid())));
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException _) {
            // Then it is killed, which ends it also when it is paused.
        }
    }

    private static void awaitEnd(Process process, long limit) {
        try {
            if (process.waitFor(limit - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        process.onExit().join();
    }
}
