package org.precertocsp.responder.admin.api;

import java.time.InstantSource;
import java.util.function.Supplier;
import org.precertocsp.responder.admin.change.FactReader;
import org.precertocsp.responder.admin.change.FactWriter;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.Feeds;
import org.precertocsp.responder.intake.certificate.SubmittedCertificates;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusWriter;

/// What the API works with.
///
/// @param writer records what it changes, and who changed it, before it does
/// @param reload has keys and certificates taken up anew; blocks until that is done
public record Parts(
        FedIssuer.Directory issuers,
        Feeds feeds,
        SubmittedCertificates certificates,
        StatusReader reader,
        StatusWriter writer,
        AuditTrail audit,
        Supplier<ReloadReport> reload,
        Insight insight,
        CallTrace trace,
        InstantSource clock) {
    FactReader facts() {
        return new FactReader(issuers, certificates, clock);
    }

    FactWriter factWriter() {
        return new FactWriter(writer, reader, clock);
    }
}
