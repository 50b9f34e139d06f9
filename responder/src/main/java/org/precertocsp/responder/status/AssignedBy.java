package org.precertocsp.responder.status;

import java.util.Locale;

/// The kind of evidence that first made a serial assigned (SS-01), the weakest last.
public enum AssignedBy {
    /// A precertificate contains it; its certificate may never be issued (SS-09).
    PRECERTIFICATE,
    /// A certificate contains it.
    CERTIFICATE,
    /// An issuance list (CSV, index.txt) contains it.
    DECLARATION,
    /// Only a revocation contains it: a CRL entry for a serial that was not announced.
    REVOCATION;

    /// In readable form, such as `precertificate`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
