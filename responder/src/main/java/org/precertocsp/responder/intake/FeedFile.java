package org.precertocsp.responder.intake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.ChangeSource;

/// A file to be read, already on disk so that it can be read twice: once to verify, once to apply.
///
/// @param path where the bytes are
/// @param source how the operator knows it
/// @param issuer the issuer the operator named for feeds that do not say (index.txt, CSV without an
///   issuer column), or to choose among several
/// @param progress told how far reading has come, in bytes of the file
/// @param check told the hash of what a pass over the file has read
public record FeedFile(
        Path path,
        ChangeSource source,
        Optional<ConfiguredIssuer> issuer,
        ProgressListener progress,
        LoadOptions options,
        ReadCheck check) {
    /// Sees to it that what is read is what was hashed: the hash is the evidence of what was
    /// loaded.
    @FunctionalInterface
    public interface ReadCheck {
        /// @throws IOException it is another file's hash
        void read(ByteString sha256) throws IOException;
    }

    /// A file that nobody else can change.
    public FeedFile(
            Path path,
            ChangeSource source,
            Optional<ConfiguredIssuer> issuer,
            ProgressListener progress,
            LoadOptions options) {
        this(path, source, issuer, progress, options, _ -> {});
    }

    /// A file loaded as usual.
    public FeedFile(
            Path path,
            ChangeSource source,
            Optional<ConfiguredIssuer> issuer,
            ProgressListener progress) {
        this(path, source, issuer, progress, LoadOptions.USUAL);
    }
}
