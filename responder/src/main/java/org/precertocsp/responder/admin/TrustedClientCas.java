package org.precertocsp.responder.admin;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The CAs whose client certificates are trusted now, by the file they were read from.
public record TrustedClientCas(Map<Path, List<X509Certificate>> byFile) {
    public TrustedClientCas {
        byFile = Map.copyOf(byFile);
    }

    /// The first expiry among each file's certificates.
    public Map<Path, Instant> ends() {
        Map<Path, Instant> ends = new TreeMap<>();
        byFile.forEach(
                (file, certificates) ->
                        certificates.stream()
                                .map(it -> it.getNotAfter().toInstant())
                                .min(Comparator.naturalOrder())
                                .ifPresent(end -> ends.put(file, end)));
        return ends;
    }

    List<X509Certificate> of(Path file) {
        return byFile.getOrDefault(file, List.of());
    }
}
