package org.precertocsp.responder.status;

import java.util.Map;

/// The verified identity of a caller, beside the name it uses: names are given by others and
/// repeat. Bound where a caller is authorised, and recorded by the audit log with everything done
/// meanwhile.
///
/// @param kind `certificateSha256` or `user`
/// @param value the SHA-256 of a client certificate in hexadecimal, or a user of this machine
public record CallerIdentity(String kind, String value) {
    /// Of the caller now; unbound for what the program does by itself.
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
