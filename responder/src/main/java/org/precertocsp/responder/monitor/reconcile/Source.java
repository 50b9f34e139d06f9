package org.precertocsp.responder.monitor.reconcile;

import java.util.Locale;

/// Where a serial was found.
public enum Source {
    /// The Certificate Transparency logs given.
    LOGS,
    /// Certificates, precertificates and lists of the CA.
    FILES,
    CRLS,
    /// What a follower of logs noted and, by its issuer's policy, did not assign (CT-20).
    NOTED,
    STORE;

    /// As people read it: `logs`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
