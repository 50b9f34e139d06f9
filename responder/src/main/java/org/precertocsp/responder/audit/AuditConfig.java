package org.precertocsp.responder.audit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Where the audit log lies, and how it is kept.
///
/// @param directory holds the log's key, and a folder each for events and signatures
/// @param key a file with an Ed25519 private key; absent where one is made in the directory
/// @param name the logs' names in checkpoints begin with it
/// @param segmentOctets a file of that size is compressed and followed by another
/// @param checkNew between checks of what is new
/// @param checkAll between checks of everything
public record AuditConfig(
        Path directory,
        Optional<Path> key,
        String name,
        long segmentOctets,
        Duration checkNew,
        Duration checkAll) {
    /// Where the events' log lies.
    public Path events() {
        return directory.resolve("events");
    }

    /// Where the signatures' log lies.
    public Path signatures() {
        return directory.resolve("signatures");
    }

    public String eventsOrigin() {
        return name + "/events";
    }

    public String signaturesOrigin() {
        return name + "/signatures";
    }

    /// Where signatures wait on their way into their log.
    public Path pending() {
        return directory.resolveSibling(directory.getFileName() + "-pending");
    }

    /// The file of the log's key.
    public Path keyFile() {
        return key.orElseGet(() -> directory.resolve("key.pem"));
    }
}
