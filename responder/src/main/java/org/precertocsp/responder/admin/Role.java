package org.precertocsp.responder.admin;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A role of a caller of the private API.
public enum Role {
    /// Announces and assigns serials.
    ISSUER,
    /// Revokes, and amends revocations.
    REVOKER,
    /// Reads.
    VIEWER,
    /// Everything, including actions that belong to no other role.
    OPERATOR;

    /// As in configuration and names: `issuer`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> called(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }
}
