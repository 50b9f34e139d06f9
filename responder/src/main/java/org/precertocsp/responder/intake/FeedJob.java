package org.precertocsp.responder.intake;

import java.nio.file.Path;
import java.util.Optional;

/// One file to load.
///
/// @param path a regular file, since it is read more than once
/// @param name the file as the operator knows it
/// @param issuer as in [FeedFile]
public record FeedJob(
        FeedKind kind,
        StatusFeed feed,
        Path path,
        String name,
        Optional<FedIssuer> issuer,
        ReadProgress progress) {}
