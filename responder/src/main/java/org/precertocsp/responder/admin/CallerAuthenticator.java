package org.precertocsp.responder.admin;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/// Identifies the caller of a request. Thread-safe.
@FunctionalInterface
public interface CallerAuthenticator {
    /// @param presented the client's certificate chain, its own first; empty without TLS
    Caller of(List<X509Certificate> presented);

    /// For plain HTTP and sockets: everyone who can connect has these roles.
    static CallerAuthenticator local(Set<Role> roles) {
        Caller local = new Caller("local", roles);
        return _ -> local;
    }
}
