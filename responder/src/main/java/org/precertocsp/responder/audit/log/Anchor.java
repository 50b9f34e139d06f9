package org.precertocsp.responder.audit.log;

import java.util.Optional;

/// Where the newest checkpoint is kept apart from the log, so that a log rolled back to an earlier
/// state is known by it. Thread-safe.
public interface Anchor {
    /// Keeps nothing.
    Anchor NONE =
            new Anchor() {
                @Override
                public Optional<String> kept() {
                    return Optional.empty();
                }

                @Override
                public void keep(String anchor) {}
            };

    /// What was kept last.
    Optional<String> kept();

    /// Called after what it tells of is durable; need not be durable itself at once.
    void keep(String anchor);
}
