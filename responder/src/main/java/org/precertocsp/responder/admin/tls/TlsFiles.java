package org.precertocsp.responder.admin.tls;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Where the private API's certificates are.
///
/// @param certificate the server's, its chain behind it
/// @param key PEM, not encrypted
/// @param authorities of the clients, each file with one or more CA certificates
public record TlsFiles(Path certificate, Path key, Set<Path> authorities) {
    public TlsFiles {
        authorities = Set.copyOf(authorities);
    }

    /// All of them, to be watched.
    public List<Path> all() {
        List<Path> files = new ArrayList<>(List.of(certificate, key));
        files.addAll(authorities);
        return files;
    }
}
