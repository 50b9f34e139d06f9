package org.precertocsp.responder.audit;

import java.util.Optional;

/// Where the newest checkpoint is kept apart from the log, so that a log rolled back to an earlier
/// state is known by it. Thread-safe.
public interface CheckpointStore {
    /// Keeps nothing.
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

    /// The value kept last.
    Optional<String> kept();

    /// Called after what it tells of is durable; need not be durable itself at once.
    void keep(String anchor);

    /// Whether that is what is kept.
    default boolean keeps(String anchor) {
        return kept().equals(Optional.of(anchor));
    }

    /// The name under which it is known how many records the checkpoint laid out for witnesses has
    /// at least.
    static String publishedOf(String origin) {
        return origin + " published";
    }

    /// Reads what is kept under that name; 0 if nobody knows.
    static long published(Optional<String> kept) {
        return kept.filter(it -> it.matches("\\d{1,18}")).map(Long::parseLong).orElse(0L);
    }

    /// How many records the checkpoint laid out for witnesses has at least; 0 if nobody knows.
    default long published() {
        return 0;
    }

    /// Called after that checkpoint is durable.
    default void keepPublished(long records) {}
}
