package org.precertocsp.responder.audit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The directory of the audit log, and its settings.
///
/// @param directory contains the log's key, and a directory each for events and signatures
/// @param key a file with an Ed25519 private key; if absent, one is created in the directory
/// @param name prefix of the logs' names in checkpoints
/// @param segmentBytes size in bytes at which a file is compressed and a new one is started
/// @param checkNew interval between checks of new records
/// @param checkAll interval between checks of all records
public record AuditConfig(
        Path directory,
        Optional<Path> key,
        String name,
        long segmentBytes,
        Duration checkNew,
        Duration checkAll) {
    /// The directory of the event log.
    public Path events() {
        return directory.resolve("events");
    }

    /// The directory of the signature log.
    public Path signatures() {
        return directory.resolve("signatures");
    }

    public String eventsOrigin() {
        return name + "/events";
    }

    public String signaturesOrigin() {
        return name + "/signatures";
    }

    /// The file in which signatures wait to be written to their log.
    public Path pending() {
        return directory.resolveSibling(directory.getFileName() + "-pending");
    }

    /// The file of the log's key.
    public Path keyFile() {
        return key.orElseGet(() -> directory.resolve("key.pem"));
    }
}
