package org.precertocsp.responder.intake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.ChangeSource;

/// A file to be read, already on disk so that it can be read twice: once to verify, once to apply.
///
/// @param path location of the bytes
/// @param source the operator's name of the file
/// @param issuer the issuer the operator named, for feeds without one (index.txt, CSV without an
///   issuer column), or to choose among several
/// @param progress receives the position of reading, in bytes of the file
/// @param check receives the hash of the bytes that a pass over the file has read
public record FeedFile(
        Path path,
        ChangeSource source,
        Optional<ConfiguredIssuer> issuer,
        ProgressListener progress,
        LoadOptions options,
        ReadCheck check) {
    /// Ensures that the bytes read are those that were hashed: the hash is the evidence of what was
    /// loaded.
    @FunctionalInterface
    public interface ReadCheck {
        /// @throws IOException the hash is that of another file
        void read(ByteString sha256) throws IOException;
    }

    /// A file that no other program can change.
    public FeedFile(
            Path path,
            ChangeSource source,
            Optional<ConfiguredIssuer> issuer,
            ProgressListener progress,
            LoadOptions options) {
        this(path, source, issuer, progress, options, _ -> {});
    }

    /// A file loaded with the default options.
    public FeedFile(
            Path path,
            ChangeSource source,
            Optional<ConfiguredIssuer> issuer,
            ProgressListener progress) {
        this(path, source, issuer, progress, LoadOptions.USUAL);
    }
}
