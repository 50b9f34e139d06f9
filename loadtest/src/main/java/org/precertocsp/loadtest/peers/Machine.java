package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Where figures come from.
///
/// @param memoryBytes of the machine; 0 if unknown
public record Machine(
        String processor, int processors, long memoryBytes, String kernel, String jdk) {
    private static final long KIBIBYTE = 1024;

    public static Machine here() {
        return new Machine(
                firstValue("/proc/cpuinfo", "model name", System.getProperty("os.arch", "?")),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(firstValue("/proc/meminfo", "MemTotal", "0").replaceAll("\\D", ""))
                        * KIBIBYTE,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vendor.version", System.getProperty("java.vendor", ""))
                        + " "
                        + Runtime.version());
    }

    private static String firstValue(String file, String name, String otherwise) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }

    @Override
    public String toString() {
        return "%s × %d, %.0f GiB, %s, JDK %s"
                .formatted(processor, processors, memoryBytes / (double) (1 << 30), kernel, jdk);
    }
}
