package org.precertocsp.responder.admin.api;

import java.time.InstantSource;
import org.precertocsp.responder.admin.change.FactReader;
import org.precertocsp.responder.admin.change.FactWriter;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.Feeds;
import org.precertocsp.responder.intake.certificate.SubmittedCertificates;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusWriter;

/// What the API works with.
///
/// @param writer records what it changes, and who changed it, before it does
/// @param reload has keys and certificates taken up anew; returns at once
public record Parts(
        FedIssuer.Directory issuers,
        Feeds feeds,
        SubmittedCertificates certificates,
        StatusReader reader,
        StatusWriter writer,
        AuditTrail audit,
        Runnable reload,
        Insight insight,
        CallTrace trace,
        InstantSource clock) {
    /// Whose reload also does something else.
    Parts alsoReloading(Runnable more) {
        Runnable both =
                () -> {
                    reload.run();
                    more.run();
                };
        return new Parts(
                issuers, feeds, certificates, reader, writer, audit, both, insight, trace, clock);
    }

    FactReader facts() {
        return new FactReader(issuers, certificates, clock);
    }

    FactWriter factWriter() {
        return new FactWriter(writer, reader, clock);
    }
}
