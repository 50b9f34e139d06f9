package org.precertocsp.signer.key;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Where a PIN or passphrase is read from; never from a command line or a configuration file.
public sealed interface SecretSource {
    /// @param path the first line of the file, its line end cut off
    record FromFile(Path path) implements SecretSource {}

    /// @param name of the environment variable
    record FromEnvironment(String name) implements SecretSource {}

    /// Reads it afresh, blanks around it cut off; empty if there is none. For what must be a
    /// String, as an HTTP header: PINs and passphrases take the way that is wiped.
    default String text() throws IOException {
        return switch (this) {
            case FromFile(Path path) -> {
                try (Stream<String> lines = Files.lines(path, StandardCharsets.UTF_8)) {
                    yield lines.findFirst().orElse("").replaceFirst("^\\ufeff", "").strip();
                }
            }
            case FromEnvironment(String name) ->
                    Optional.ofNullable(System.getenv(name)).orElse("").strip();
        };
    }
}
