package org.precertocsp.responder.admin.access;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Somebody at the private API.
///
/// @param name the common name of the certificate, or `local`
/// @param roles none where the certificate is trusted but named by no rule
public record Caller(String name, Set<Role> roles) {
    public Caller {
        roles = Set.copyOf(roles);
    }

    /// As history and audit log call the caller, such as `issuer/ca-frontend`: by the role that
    /// lets it do this. Empty if none does.
    public Optional<String> as(Set<Role> permitted) {
        return held(permitted).map(role -> role.word() + "/" + name);
    }

    /// As the audit log calls the caller that may not do something.
    public String known() {
        return held(EnumSet.allOf(Role.class)).map(Role::word).orElse("nobody") + "/" + name;
    }

    private Optional<Role> held(Set<Role> wanted) {
        return EnumSet.allOf(Role.class).stream()
                .filter(role -> roles.contains(role) && wanted.contains(role))
                .findFirst();
    }
}
