package org.precertocsp.responder.admin.access;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/// Identifies the caller of a request. Thread-safe.
@FunctionalInterface
public interface Callers {
    /// @param presented the client's certificate chain, its own first; empty without TLS
    Caller of(List<X509Certificate> presented);

    /// For plain HTTP and sockets: everyone who can connect has these roles.
    static Callers local(Set<Role> roles) {
        Caller local = new Caller("local", roles);
        return _ -> local;
    }
}
