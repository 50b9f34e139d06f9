package org.precertocsp.loadtest.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/// The origin of figures: without it they mean nothing to others.
///
/// @param started when the measurement began, ISO 8601
/// @param machine processor, memory, kernel and JDK
/// @param version of precert-ocsp and the Java it runs on, one line
/// @param commit of the source tree it was built in; `unknown` outside of one
public record MeasurementOrigin(String started, String machine, String version, String commit) {
    private static final String UNKNOWN = "unknown";

    /// Of a measurement that begins now. Create it before the process is pinned to a processor, or
    /// the machine is described as having only that one.
    ///
    /// @param built the measured program, in the source tree it was built in
    public static MeasurementOrigin now(String version, Path built) {
        return new MeasurementOrigin(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                thisMachine(),
                version,
                commitAround(built));
    }

    private static String thisMachine() {
        long kibibytes =
                Long.parseLong(firstValue("/proc/meminfo", "MemTotal", "0").replaceAll("\\D", ""));
        return "%s × %d, %.0f GiB, %s %s, JDK %s %s"
                .formatted(
                        firstValue(
                                "/proc/cpuinfo", "model name", System.getProperty("os.arch", "?")),
                        Runtime.getRuntime().availableProcessors(),
                        kibibytes / (double) (1 << 20),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty(
                                "java.vendor.version", System.getProperty("java.vendor", "")),
                        Runtime.version());
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

    /// Runs git; `-dirty` is appended if files were changed since the commit.
    static String commitAround(Path built) {
        List<String> command =
                List.of(
                        "git",
                        "-C",
                        String.valueOf(built.toAbsolutePath().getParent()),
                        "describe",
                        "--always",
                        "--dirty",
                        "--exclude=*");
        try {
            Process git =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            git.getOutputStream().close();
            String commit =
                    new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 && !commit.isEmpty() ? commit : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}
