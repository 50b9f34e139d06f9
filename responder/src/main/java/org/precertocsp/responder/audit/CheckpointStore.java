package org.precertocsp.responder.audit;

import java.util.Optional;

/// Stores the newest checkpoint outside the log, so that a log rolled back to an earlier state is
/// detected. Thread-safe.
public interface CheckpointStore {
    /// Stores nothing.
    CheckpointStore NONE =
            new CheckpointStore() {
                @Override
                public Optional<String> kept() {
                    return Optional.empty();
                }

                @Override
                public void keep(String anchor) {}

                @Override
                public boolean keeps(String anchor) {
                    return true;
                }
            };

    /// The value stored last.
    Optional<String> kept();

    /// Called after the checkpoint is durable; the stored value itself may become durable later.
    void keep(String anchor);

    /// Whether this value is the stored one.
    default boolean keeps(String anchor) {
        return kept().equals(Optional.of(anchor));
    }

    /// The key under which the minimum number of records in the published checkpoint for witnesses
    /// is stored.
    static String publishedOf(String origin) {
        return origin + " published";
    }

    /// Parses the value stored under that key; 0 if it is unknown.
    static long published(Optional<String> kept) {
        return kept.filter(it -> it.matches("\\d{1,18}")).map(Long::parseLong).orElse(0L);
    }

    /// Minimum number of records in the published checkpoint for witnesses; 0 if unknown.
    default long published() {
        return 0;
    }

    /// Called after the published checkpoint is durable.
    default void keepPublished(long records) {}
}
