package org.precertocsp.responder.audit;

/// Records events before they take effect (invariant 6). Thread-safe.
@FunctionalInterface
public interface AuditTrail {
    /// Records nothing; used if the configuration has no audit log.
    AuditTrail NONE = _ -> {};

    /// Returns once the event is durable.
    ///
    /// @throws AuditException it is not recorded, so the event must not happen
    void record(AuditEvent event);
}
