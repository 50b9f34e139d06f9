package org.precertocsp.responder.audit;

/// Takes events down before they take effect (invariant 6). Thread-safe.
@FunctionalInterface
public interface AuditTrail {
    /// Keeps nothing, where the configuration has no audit log.
    AuditTrail NONE = _ -> {};

    /// Returns once the event is durable.
    ///
    /// @throws AuditException it is not recorded, so what it tells of must not happen
    void record(AuditEvent event);
}
