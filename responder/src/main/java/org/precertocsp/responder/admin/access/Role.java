package org.precertocsp.responder.admin.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a caller of the private API is there for.
public enum Role {
    /// Announces serials and assigns them.
    ISSUER,
    /// Revokes, and amends revocations.
    REVOKER,
    /// Reads.
    VIEWER,
    /// All of it, and what belongs to no other role.
    OPERATOR;

    /// As configurations and names spell it: `issuer`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> called(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }
}
