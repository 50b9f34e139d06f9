package org.precertocsp.responder.admin;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.precertocsp.der.ByteString;

/// Gives roles to the client certificates that match all its criteria.
///
/// @param authority file with the CA certificates, one of which must have issued the client's
/// @param subject the whole name, compared as in RFC 2253
/// @param alternativeName a DNS, mail, URI or IP name among its subjectAltNames
/// @param spkiSha256 of its SubjectPublicKeyInfo: one key, in any certificate
public record ClientRule(
        Set<Role> roles,
        Path authority,
        Optional<X500Principal> subject,
        Optional<String> alternativeName,
        Optional<ByteString> spkiSha256) {
    public ClientRule {
        roles = Set.copyOf(roles);
    }
}
