package org.precertocsp.responder.task;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// One condition of readiness, such as a readable store, a key that signs, or not shutting down.
///
/// @param name for people: `store`, `signing example-tls`, `draining`
/// @param problem why it does not hold now, or empty; called for every probe, so it must not block
/// @param tolerated whether the server is ready despite a problem, which is then reported as
///   degraded
public record ReadinessCheck(
        String name, Supplier<Optional<String>> problem, BooleanSupplier tolerated) {
    /// A condition whose problems are never tolerated.
    public ReadinessCheck(String name, Supplier<Optional<String>> problem) {
        this(name, problem, () -> false);
    }
}
