package org.precertocsp.responder.admin;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// A caller of the private API.
///
/// @param name the common name of the certificate, or `local`
/// @param roles empty if the certificate is trusted but matches no rule
public record Caller(String name, Set<Role> roles) {
    public Caller {
        roles = Set.copyOf(roles);
    }

    /// Name for history and audit log, such as `issuer/ca-frontend`, with the role that permits the
    /// request; empty if none does.
    public Optional<String> nameWithRole(Set<Role> permitted) {
        return held(permitted).map(role -> role.word() + "/" + name);
    }

    /// Name with the caller's first role, for refused requests.
    public String nameWithFirstRole() {
        return held(EnumSet.allOf(Role.class)).map(Role::word).orElse("nobody") + "/" + name;
    }

    private Optional<Role> held(Set<Role> wanted) {
        return EnumSet.allOf(Role.class).stream()
                .filter(role -> roles.contains(role) && wanted.contains(role))
                .findFirst();
    }
}
