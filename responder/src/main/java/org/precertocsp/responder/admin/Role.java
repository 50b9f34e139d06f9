package org.precertocsp.responder.admin;

import java.util.Locale;

/// A role of a caller of the private API.
public enum Role {
    /// Announces and assigns serials.
    ISSUER,
    /// Revokes, and amends revocations.
    REVOKER,
    /// Reads.
    VIEWER,
    /// Everything but the part of an edge, including actions that belong to no other role.
    OPERATOR,
    /// An edge of the cluster: requests responses of an authority.
    EDGE;

    /// As in configuration and names: `issuer`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
