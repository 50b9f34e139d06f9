package org.precertocsp.responder.admin;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.cluster.answers.AuthorityAnswers;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedProvider;
import org.precertocsp.responder.intake.certificate.SubmittedCertificateVerifier;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.tracing.ApiCallTracer;

/// The services behind the API.
///
/// @param writer records every change and its author in the audit log before it takes effect
/// @param edges answers edges, at an authority of a cluster
/// @param cluster absent for a single node
/// @param reload reloads keys and certificates; blocks until that is done
public record ApiContext(
        ConfiguredIssuer.Directory issuers,
        FeedProvider feeds,
        SubmittedCertificateVerifier certificates,
        StatusReader reader,
        StatusWriter writer,
        AuditTrail audit,
        Supplier<ReloadReport> reload,
        ConsoleData insight,
        Optional<AuthorityAnswers> edges,
        Optional<ClusterChanges> cluster,
        ApiCallTracer trace,
        InstantSource clock) {
    /// Of a single node.
    public ApiContext(
            ConfiguredIssuer.Directory issuers,
            FeedProvider feeds,
            SubmittedCertificateVerifier certificates,
            StatusReader reader,
            StatusWriter writer,
            AuditTrail audit,
            Supplier<ReloadReport> reload,
            ConsoleData insight,
            ApiCallTracer trace,
            InstantSource clock) {
        this(
                issuers,
                feeds,
                certificates,
                reader,
                writer,
                audit,
                reload,
                insight,
                Optional.empty(),
                Optional.empty(),
                trace,
                clock);
    }

    ChangeRequestParser facts() {
        return new ChangeRequestParser(issuers, certificates, clock);
    }

    ChangeRequestExecutor factWriter() {
        return new ChangeRequestExecutor(writer, reader, clock);
    }
}
