package org.precertocsp.responder.admin.access;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/// The client CAs trusted now, by the file they were read from.
public record Authorities(Map<Path, List<X509Certificate>> byFile) {
    public Authorities {
        byFile = Map.copyOf(byFile);
    }

    List<X509Certificate> of(Path file) {
        return byFile.getOrDefault(file, List.of());
    }
}
