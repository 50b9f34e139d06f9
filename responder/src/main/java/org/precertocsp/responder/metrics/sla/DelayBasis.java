package org.precertocsp.responder.metrics.sla;

import java.util.Locale;

/// The start of a delay.
public enum DelayBasis {
    /// Publication, from a log's timestamp or an SCT.
    PUBLISHED,
    /// Intake, if the time of publication is unknown.
    INTAKE;

    /// As a metric's label: `published`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
