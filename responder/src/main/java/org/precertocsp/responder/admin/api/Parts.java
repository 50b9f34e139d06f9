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

/// The services behind the API.
///
/// @param writer records every change and its author in the audit log before it takes effect
/// @param reload reloads keys and certificates; blocks until that is done
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
