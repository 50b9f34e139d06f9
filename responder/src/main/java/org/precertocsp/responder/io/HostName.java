package org.precertocsp.responder.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// The name of this machine, by which people distinguish servers.
public final class HostName {
    private HostName() {}

    /// Not by name resolution: a name server that hangs must not delay anything.
    public static String get() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException _) {
            return Objects.requireNonNullElse(System.getenv("HOSTNAME"), "unknown");
        }
    }
}
