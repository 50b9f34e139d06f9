package org.precertocsp.responder.monitor;

import java.util.Locale;

/// The kinds of sources.
public enum SourceKind {
    /// The Certificate Transparency logs given.
    LOGS,
    /// Certificates, precertificates and lists of the CA.
    FILES,
    CRLS,
    /// Serials known from a log only and not assigned, by the issuer's policy (CT-20).
    NOTED,
    STORE;

    /// For people: `logs`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
