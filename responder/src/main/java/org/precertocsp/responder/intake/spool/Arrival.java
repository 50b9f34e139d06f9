package org.precertocsp.responder.intake.spool;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.FeedKind;

/// Something waiting in the spool.
sealed interface Arrival {
    FeedKind kind();

    /// How many files it is, as far as is known from outside.
    int files();

    /// A folder a command sent, complete.
    record Parcel(FeedKind kind, Path folder) implements Arrival {
        @Override
        public int files() {
            return 1;
        }
    }

    /// Files an operator put into one folder, oldest first.
    ///
    /// @param issuer the sub-folder they lie in
    record Dropped(FeedKind kind, Optional<String> issuer, List<Path> paths) implements Arrival {
        public Dropped {
            paths = List.copyOf(paths);
        }

        @Override
        public int files() {
            return paths.size();
        }
    }
}
