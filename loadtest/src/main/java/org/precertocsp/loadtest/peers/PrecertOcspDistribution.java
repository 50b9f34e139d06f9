package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.loadtest.report.MeasurementOrigin;

/// A built precert-ocsp.
///
/// @param program its launcher, `bin/precert-ocsp`
/// @param sample output of `config sample`: the settings that it supports
public record PrecertOcspDistribution(Path program, String version, String sample) {
    private static final String LAUNCHER = "bin/precert-ocsp";

    /// @param named a distribution's directory; if empty, the directory beside this program's own,
    ///   the one Maven builds in a source tree, or the one in PATH
    /// @throws PeerException there is none, or it does not run
    public static PrecertOcspDistribution find(Optional<Path> named) throws PeerException {
        Path program =
                named.map(folder -> folder.resolve(LAUNCHER))
                        .or(PrecertOcspDistribution::sibling)
                        .or(() -> InstalledProgram.find("precert-ocsp").map(InstalledProgram::file))
                        .orElseThrow(
                                () ->
                                        new PeerException(
                                                "no precert-ocsp found: build it (mvn -DskipTests"
                                                        + " package) or name its directory with"
                                                        + " --ours"))
                        .toAbsolutePath()
                        .normalize();
        if (!Files.isExecutable(program)) {
            throw new PeerException(program + " is not there or not executable: check --ours");
        }
        return new PrecertOcspDistribution(
                program, run(program, "--version").strip(), run(program, "config", "sample"));
    }

    /// Searched from the libraries of our own distribution, from a module's directory and from the
    /// top of the source tree.
    private static Optional<Path> sibling() {
        List<Path> candidates = new ArrayList<>();
        for (Path above = ownPlace(); above != null; above = above.getParent()) {
            candidates.add(above.resolve("precert-ocsp"));
            candidates.add(above.resolve("responder/target/precert-ocsp"));
        }
        return candidates.stream()
                .map(folder -> folder.resolve(LAUNCHER))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path ownPlace() {
        String first = System.getProperty("java.class.path", "").split(":", 2)[0];
        Path place = Path.of(first).toAbsolutePath();
        return Files.exists(place) ? place : Path.of("").toAbsolutePath();
    }

    /// Version and Java, one line.
    private String versionLine() {
        return String.join("; ", version.lines().toList());
    }

    /// The origin of a measurement of it that begins now.
    public MeasurementOrigin origin() {
        return MeasurementOrigin.now(versionLine(), program);
    }

    public boolean knows(String setting) {
        return sample.contains(setting);
    }

    /// Runs a subcommand to its end.
    ///
    /// @return its standard output
    public String run(String... arguments) throws PeerException {
        return run(program, arguments);
    }

    private static String run(Path program, String... arguments) throws PeerException {
        List<String> words = new ArrayList<>(List.of(program.toString()));
        words.addAll(List.of(arguments));
        try {
            Path errors = Files.createTempFile("precert-load", ".err");
            try {
                Process process = new ProcessBuilder(words).redirectError(errors.toFile()).start();
                process.getOutputStream().close();
                String output =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                int status = process.waitFor();
                if (status != 0) {
                    throw new PeerException(
                            "%s ended with %d: %s %s"
                                    .formatted(
                                            String.join(" ", words),
                                            status,
                                            Files.readString(errors).strip(),
                                            output.strip()));
                }
                return output;
            } finally {
                Files.deleteIfExists(errors);
            }
        } catch (IOException e) {
            throw new PeerException(String.join(" ", words) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted while running " + program, e);
        }
    }
}
