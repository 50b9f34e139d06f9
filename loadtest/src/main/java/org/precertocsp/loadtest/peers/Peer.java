package org.precertocsp.loadtest.peers;

import java.nio.file.Path;
import java.util.List;

/// A server that is there on this machine and can be started.
public interface Peer {
    /// How it is called in tables.
    String name();

    /// What was run, for the report.
    String version();

    /// Prepares files in a folder of its own.
    ///
    /// @return the command that serves on the port, in the foreground
    List<String> prepare(Path directory, int port) throws PeerException;
}
