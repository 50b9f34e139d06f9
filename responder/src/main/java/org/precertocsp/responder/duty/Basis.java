package org.precertocsp.responder.duty;

import java.util.Locale;

/// What a delay is counted from.
public enum Basis {
    /// A log's timestamp or an SCT: the world could know of the serial from then on.
    PUBLISHED,
    /// Its intake, since nothing tells when it was published.
    INTAKE;

    /// As a label spells it: `published`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
