package org.precertocsp.signer.key;

import java.nio.file.Path;

/// Where a PIN or passphrase is read from; never from a command line or a configuration file.
public sealed interface Secret {
    /// @param path the first line of the file, its line end cut off
    record FromFile(Path path) implements Secret {}

    /// @param name of the environment variable
    record FromEnvironment(String name) implements Secret {}
}
