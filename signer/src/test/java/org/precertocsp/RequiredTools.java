package org.precertocsp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// What a test needs of the machine it runs on. Where it is missing the test is skipped and says
/// how to get it; in CI, which has everything, it fails.
public final class RequiredTools {
    private static final Path SETUP = Path.of(".ci/setup");
    private static final Pattern NEED = Pattern.compile("(?m)^need (\\S+) (\\S+)$");

    private RequiredTools() {}

    /// Where a program is.
    ///
    /// @param names it may have; the first is that of `.ci/setup`
    public static Path program(String... names) {
        Optional<Path> found =
                Arrays.stream(names)
                        .flatMap(RequiredTools::places)
                        .filter(Files::isExecutable)
                        .findFirst();
        met(found.isPresent(), missing(names[0], setup()));
        return found.orElseThrow();
    }

    /// @param remedy what is missing and how to get it
    public static void met(boolean condition, String remedy) {
        if (!condition && System.getenv("CI") != null) {
            Assertions.fail(remedy);
        }
        Assumptions.assumeTrue(condition, remedy);
    }

    /// That the tests run as root, to have files belong to others.
    public static void root() {
        met(
                "root".equals(System.getProperty("user.name")),
                "only root can give files to others: run the tests as root");
    }

    /// Servers lie where only root's path leads.
    private static Stream<Path> places(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin";
        return Arrays.stream(path.split(":", -1)).map(folder -> Path.of(folder, name));
    }

    static String missing(String program, String setup) {
        Matcher need = NEED.matcher(setup);
        while (need.find()) {
            if (need.group(1).equals(program)) {
                return "%s is not installed: run .ci/setup, or apt-get install %s"
                        .formatted(program, need.group(2));
            }
        }
        return program + " is not installed, which every Debian and Ubuntu has";
    }

    /// Where a file of the repository is, from wherever in it tests are run.
    ///
    /// @param file from the repository's root
    static Path inRepository(Path file) {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve(file))) {
            folder = Optional.ofNullable(folder.getParent()).orElseThrow();
        }
        return folder.resolve(file);
    }

    static String setup() {
        try {
            return Files.readString(inRepository(SETUP));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
