package org.precertocsp.responder.status;

import java.util.Map;

/// The verified identity of a caller, in addition to its name, which is assigned by others and may
/// be reused. Bound when a caller is authorised, and recorded by the audit log with every action of
/// that caller.
///
/// @param kind `certificateSha256` or `user`
/// @param value the SHA-256 of a client certificate in hexadecimal, or a user of this machine
public record CallerIdentity(String kind, String value) {
    /// Of the current caller; unbound for actions of the program itself.
    public static final ScopedValue<CallerIdentity> CURRENT = ScopedValue.newInstance();

    public static CallerIdentity certificate(String sha256) {
        return new CallerIdentity("certificateSha256", sha256);
    }

    public static CallerIdentity user(String name) {
        return new CallerIdentity("user", name);
    }

    /// The field for a record, or none.
    public static Map<String, String> fields() {
        return CURRENT.isBound() ? Map.of(CURRENT.get().kind(), CURRENT.get().value()) : Map.of();
    }
}
