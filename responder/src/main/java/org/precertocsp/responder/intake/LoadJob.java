package org.precertocsp.responder.intake;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// One file to load.
///
/// @param path a regular file, since it is read more than once
/// @param name the operator's name of the file
/// @param issuer as in [FeedFile]
/// @param issuers all that are configured: a list of one must not be loaded for another
/// @param sender of an upload, as recorded in evidence and history; empty for a local file
public record LoadJob(
        FeedKind kind,
        FeedReader feed,
        Path path,
        String name,
        Optional<ConfiguredIssuer> issuer,
        ProgressListener progress,
        LoadOptions options,
        ConfiguredIssuer.Directory issuers,
        Optional<String> sender) {
    /// A local file.
    public LoadJob(
            FeedKind kind,
            FeedReader feed,
            Path path,
            String name,
            Optional<ConfiguredIssuer> issuer,
            ProgressListener progress,
            LoadOptions options,
            ConfiguredIssuer.Directory issuers) {
        this(kind, feed, path, name, issuer, progress, options, issuers, Optional.empty());
    }

    /// A file loaded with the default options, of the only issuer.
    public LoadJob(
            FeedKind kind,
            FeedReader feed,
            Path path,
            String name,
            Optional<ConfiguredIssuer> issuer,
            ProgressListener progress) {
        this(
                kind,
                feed,
                path,
                name,
                issuer,
                progress,
                LoadOptions.USUAL,
                new ConfiguredIssuer.Directory(List.of()));
    }
}
