package org.precertocsp.responder.status;

import java.util.Locale;

/// The kind of evidence that first made a serial assigned (SS-01), the weakest last.
public enum AssignedBy {
    /// A precertificate carries it; its certificate may never come to exist (SS-09).
    PRECERTIFICATE,
    /// A certificate carries it.
    CERTIFICATE,
    /// An issuance list (CSV, index.txt) names it.
    DECLARATION,
    /// Only a revocation names it: a CRL entry for a serial nobody announced.
    REVOCATION;

    /// As people read it: `precertificate`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
