package org.precertocsp.responder.config;

import java.nio.file.Path;
import java.time.Duration;
import org.precertocsp.responder.audit.AuditConfig;

/// The section `audit`: the directory of the audit log, and how often it is checked.
final class AuditSection {
    private AuditSection() {}

    static AuditConfig read(Section audit, FileFormats files, Path store) {
        Path directory = audit.value("directory", files.directory(), store.resolveSibling("audit"));
        if (directory.startsWith(store) || store.startsWith(directory)) {
            audit.problem(
                    "directory", "audit log and store must lie apart: the store is in " + store);
        }
        return new AuditConfig(
                directory,
                audit.optional("key", files.file()),
                audit.value("name", Formats.origin(), "precert-ocsp"),
                // That a file was compressed is itself recorded, and must not fill the next.
                audit.value("segment", Formats.size(100_000, 1L << 30), 64_000_000L),
                audit.value(
                        "checkNew",
                        Formats.duration(Duration.ofSeconds(1), Duration.ofDays(31)),
                        Duration.ofMinutes(5)),
                audit.value(
                        "checkAll",
                        // Longer than a person's review may be apart (LG-06).
                        Formats.duration(Duration.ofSeconds(1), Duration.ofDays(31)),
                        Duration.ofDays(1)));
    }
}
