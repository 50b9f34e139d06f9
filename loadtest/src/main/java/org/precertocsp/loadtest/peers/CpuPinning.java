package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The processors that servers and driver run on: one core each, by `taskset`.
///
/// @param taskset absent where nothing can be pinned
/// @param server its processor's number
/// @param driver the other's; the same as `server` on a machine with one processor
/// @param remarks facts about the pinning that are needed to interpret the figures
public record CpuPinning(
        Optional<InstalledProgram> taskset, int server, int driver, List<String> remarks) {
    private static final long PIN_SECONDS = 10;

    public CpuPinning {
        remarks = List.copyOf(remarks);
    }

    public static CpuPinning ofThisMachine() {
        Optional<InstalledProgram> taskset = InstalledProgram.find("taskset");
        List<String> remarks = new ArrayList<>();
        if (taskset.isEmpty()) {
            remarks.add(
                    "taskset is missing (Debian: util-linux): nothing was pinned, server and driver"
                            + " shared all processors");
        }
        int processors = Runtime.getRuntime().availableProcessors();
        if (processors < 2) {
            remarks.add("one processor only: server and driver shared it");
        }
        return new CpuPinning(taskset, 0, processors < 2 ? 0 : 1, remarks);
    }

    /// The command, confined to the server's processor.
    public List<String> pinned(List<String> command) {
        return on(server, command);
    }

    /// The command, confined to the driver's processor: for another driver.
    public List<String> pinnedToDriver(List<String> command) {
        return on(driver, command);
    }

    private List<String> on(int processor, List<String> command) {
        List<String> words = new ArrayList<>();
        taskset.ifPresent(
                program ->
                        words.addAll(
                                List.of(
                                        program.file().toString(),
                                        "-c",
                                        Integer.toString(processor))));
        words.addAll(command);
        return words;
    }

    /// The same with the server free to run on both processors.
    public CpuPinning unpinnedServer() {
        return new CpuPinning(Optional.empty(), server, driver, remarks);
    }

    /// Confines this process, with all its threads, to the driver's processor; processes that it
    /// starts afterwards inherit that. Blocks for milliseconds.
    ///
    /// @return these cores, with a remark if it did not work
    public CpuPinning pinDriver() {
        return confine(Integer.toString(driver));
    }

    /// Lets this process run on all processors again.
    public CpuPinning releaseDriver() {
        return confine("0-" + Math.max(server, driver));
    }

    private CpuPinning confine(String processors) {
        if (taskset.isEmpty()) {
            return this;
        }
        String pid = Long.toString(ProcessHandle.current().pid());
        String program = taskset.get().file().toString();
        try {
            Process process =
                    new ProcessBuilder(program, "-a", "-p", "-c", processors, pid)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (process.waitFor(PIN_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) {
                return this;
            }
        } catch (IOException e) {
            return with("the driver was not pinned: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return with("the driver was not pinned: taskset rejected processor " + processors);
    }

    private CpuPinning with(String remark) {
        List<String> more = new ArrayList<>(remarks);
        more.add(remark);
        return new CpuPinning(taskset, server, driver, more);
    }
}
