package org.precertocsp.responder.admin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The files with the private API's certificates.
///
/// @param certificate the server's, followed by its chain
/// @param key PEM, not encrypted
/// @param authorities of the clients, each file with one or more CA certificates
public record TlsFiles(Path certificate, Path key, Set<Path> authorities) {
    public TlsFiles {
        authorities = Set.copyOf(authorities);
    }

    /// All files, to be monitored for changes.
    public List<Path> all() {
        List<Path> files = new ArrayList<>(List.of(certificate, key));
        files.addAll(authorities);
        return files;
    }
}
