package org.precertocsp.loadtest.peers;

import java.nio.file.Path;
import java.util.List;

/// A server that is installed on this machine and can be started.
public interface Peer {
    /// Its name in tables.
    String name();

    /// The program and its version, for the report.
    String version();

    /// Prepares files in a directory of its own.
    ///
    /// @return the command that serves on the port, in the foreground
    List<String> prepare(Path directory, int port) throws PeerException;
}
