package org.precertocsp.responder.intake;

import java.nio.file.Path;
import java.util.List;

/// Creates the feed for a kind. Thread-safe.
@FunctionalInterface
public interface FeedProvider {
    /// @param together all files of one command or one drop, readable now but perhaps not later: a
    ///   Precertificate Signing Certificate in one may have signed a precertificate in another, so
    ///   a feed that needs them reads them here. Unreadable ones are skipped: each is loaded, and
    ///   then judged, by itself
    FeedReader feed(FeedKind kind, List<Path> together);
}
