package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// The resources that a process and its descendants have used, from Linux's `/proc`.
///
/// @param cpu user and system time, in steps of 10 ms; zero if there is no `/proc`
/// @param residentBytes memory in RAM now; pages shared between processes count for each
public record ProcessResourceUsage(Duration cpu, long residentBytes) {
    // USER_HZ, which Linux fixes at 100 independently of the kernel's own tick.
    private static final long TICK_MILLIS = 10;
    private static final long KIBIBYTE = 1024;
    private static final int USER_TIME = 11;
    private static final int CHILDREN_SYSTEM_TIME = 14;

    static ProcessResourceUsage of(ProcessHandle root) {
        long ticks = 0;
        long resident = 0;
        for (ProcessHandle process : Stream.concat(Stream.of(root), root.descendants()).toList()) {
            Path proc = Path.of("/proc", Long.toString(process.pid()));
            ticks += ticks(proc);
            resident += resident(proc).orElse(0);
        }
        return new ProcessResourceUsage(Duration.ofMillis(ticks * TICK_MILLIS), resident);
    }

    /// The fields after the command's name, which ends with the last parenthesis and may contain
    /// any character.
    private static long ticks(Path proc) {
        try {
            String stat = Files.readString(proc.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long sum = 0;
            for (int i = USER_TIME; i <= CHILDREN_SYSTEM_TIME; i++) {
                sum += Long.parseLong(fields[i]);
            }
            return sum;
        } catch (IOException e) {
            return 0;
        }
    }

    private static OptionalLong resident(Path proc) {
        try (Stream<String> lines = Files.lines(proc.resolve("status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
