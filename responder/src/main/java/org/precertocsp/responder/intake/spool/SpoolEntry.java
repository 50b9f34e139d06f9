package org.precertocsp.responder.intake.spool;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.FeedKind;

/// Something that waits in the spool.
sealed interface SpoolEntry {
    FeedKind kind();

    /// Number of files, as far as known from outside.
    int files();

    /// A directory that a command sent, complete.
    record Batch(FeedKind kind, Path folder) implements SpoolEntry {
        @Override
        public int files() {
            return 1;
        }
    }

    /// Files that an operator put into one directory, oldest first.
    ///
    /// @param issuer name of their subdirectory
    record Dropped(FeedKind kind, Optional<String> issuer, List<Path> paths) implements SpoolEntry {
        public Dropped {
            paths = List.copyOf(paths);
        }

        @Override
        public int files() {
            return paths.size();
        }
    }
}
