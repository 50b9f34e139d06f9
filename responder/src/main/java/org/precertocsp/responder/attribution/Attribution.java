package org.precertocsp.responder.attribution;

import java.util.Map;

/// What is known of a caller beside the name it goes by: names are given by others and repeat.
/// Bound where a caller is let in, and recorded by the audit log with whatever is done meanwhile.
///
/// @param kind `certificateSha256` or `user`
/// @param value the SHA-256 of a client certificate in hexadecimal, or a user of this machine
public record Attribution(String kind, String value) {
    /// Of what runs now; unbound for what the program does by itself.
    public static final ScopedValue<Attribution> CURRENT = ScopedValue.newInstance();

    public static Attribution certificate(String sha256) {
        return new Attribution("certificateSha256", sha256);
    }

    public static Attribution user(String name) {
        return new Attribution("user", name);
    }

    /// As a record has it: one field, or none.
    public static Map<String, String> fields() {
        return CURRENT.isBound() ? Map.of(CURRENT.get().kind(), CURRENT.get().value()) : Map.of();
    }
}
