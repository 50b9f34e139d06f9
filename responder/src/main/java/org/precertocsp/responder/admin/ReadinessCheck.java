package org.precertocsp.responder.admin;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// One thing without which no good answer can be given, such as the store, a key, or not being on
/// the way out.
///
/// @param name what people know it by: `store`, `signing example-tls`, `draining`
/// @param problem why it is unusable now, or empty; called on every probe, so it looks at what is
///   known already and never waits
/// @param tolerated whether the server is ready in spite of a problem, which it then reports as
///   degraded
public record ReadinessCheck(
        String name, Supplier<Optional<String>> problem, BooleanSupplier tolerated) {
    /// Of something that is never tolerated.
    public ReadinessCheck(String name, Supplier<Optional<String>> problem) {
        this(name, problem, () -> false);
    }
}
