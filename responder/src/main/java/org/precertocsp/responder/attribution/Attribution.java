package org.precertocsp.responder.attribution;

import java.util.Map;

/// The verified identity of a caller, beside the name it uses: names are given by others and
/// repeat. Bound where a caller is authorised, and recorded by the audit log with everything done
/// meanwhile.
///
/// @param kind `certificateSha256` or `user`
/// @param value the SHA-256 of a client certificate in hexadecimal, or a user of this machine
public record Attribution(String kind, String value) {
    /// Of the caller now; unbound for what the program does by itself.
    public static final ScopedValue<Attribution> CURRENT = ScopedValue.newInstance();

    public static Attribution certificate(String sha256) {
        return new Attribution("certificateSha256", sha256);
    }

    public static Attribution user(String name) {
        return new Attribution("user", name);
    }

    /// The field for a record, or none.
    public static Map<String, String> fields() {
        return CURRENT.isBound() ? Map.of(CURRENT.get().kind(), CURRENT.get().value()) : Map.of();
    }
}
