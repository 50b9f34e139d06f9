package org.precertocsp.responder.admin.access;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/// Tells who calls. Thread-safe.
@FunctionalInterface
public interface Callers {
    /// @param presented the client's chain, its own certificate first; empty where the connection
    ///   has none
    Caller of(List<X509Certificate> presented);

    /// For a plain port or socket: whoever reaches it.
    static Callers local(Set<Role> roles) {
        Caller local = new Caller("local", roles);
        return _ -> local;
    }
}
