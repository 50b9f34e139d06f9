package org.precertocsp.signer.key;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// The source of a PIN or passphrase; never a command line or a configuration file.
public sealed interface SecretSource {
    /// @param path the first line of the file is the secret, without its line end
    record FromFile(Path path) implements SecretSource {}

    /// @param name of the environment variable
    record FromEnvironment(String name) implements SecretSource {}

    /// Reads it again, without surrounding blanks; empty if there is none. For secrets that must be
    /// a String, such as an HTTP header: PINs and passphrases use the characters that are wiped.
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
