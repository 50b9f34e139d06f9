package org.precertocsp.responder.admin.access;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.precertocsp.ocsp.Octets;

/// Gives roles to the client certificates that fit all it says.
///
/// @param authority file of the CA certificates one of which must have signed the client's
/// @param subject the whole name, compared as RFC 2253 has it
/// @param alternativeName a DNS, mail, URI or IP name among its subjectAltNames
/// @param spkiSha256 of its SubjectPublicKeyInfo: one key, whatever certificate it is in
public record ClientRule(
        Set<Role> roles,
        Path authority,
        Optional<X500Principal> subject,
        Optional<String> alternativeName,
        Optional<Octets> spkiSha256) {
    public ClientRule {
        roles = Set.copyOf(roles);
    }
}
