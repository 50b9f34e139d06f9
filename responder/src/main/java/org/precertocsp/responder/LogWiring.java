package org.precertocsp.responder;

import java.time.InstantSource;
import java.util.Set;
import java.util.stream.Collectors;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.certificate.LoggedCertificates;
import org.precertocsp.responder.intake.ctlog.CtPolicy;
import org.precertocsp.responder.intake.ctlog.FollowLimits;
import org.precertocsp.responder.intake.ctlog.LogFollower;
import org.precertocsp.responder.intake.ctlog.LogIntake;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.watch.LogWatch;
import org.precertocsp.responder.metrics.Metrics;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.task.BackgroundTasks;

/// Constructs what follows Certificate Transparency logs.
record LogWiring(ServerConfig config, FedIssuer.Directory issuers, InstantSource clock) {
    /// Issuers whose policy is alert-only.
    static Set<IssuerKey> alertOnly(ServerConfig config, FedIssuer.Directory issuers) {
        return config.issuers().stream()
                .filter(issuer -> issuer.ct() == CtPolicy.ALERT_ONLY)
                .map(issuer -> CredentialWiring.fedIssuer(issuers, issuer).key())
                .collect(Collectors.toSet());
    }

    LogWatch start(
            BackgroundTasks tasks,
            RocksStores store,
            StatusWriter writer,
            LoggedCertificates certificates,
            LogWatch.Outlets outlets,
            Metrics metrics) {
        FollowLimits usual = FollowLimits.USUAL;
        LogFollower.Tools tools =
                new LogFollower.Tools(
                        OurIssuers.of(issuers),
                        new LogIntake(
                                writer,
                                store::logHead,
                                certificates,
                                alertOnly(config, issuers),
                                clock),
                        new FollowLimits(
                                usual.entriesAtOnce(),
                                usual.maxCandidates(),
                                config.watch().maxHeadAge()),
                        LogWatch.CLIENT.inFlight(),
                        clock);
        LogWatch watch =
                LogWatch.start(
                        tasks,
                        config.watch(),
                        tools,
                        new LogWatch.Subjects(issuers, store),
                        outlets);
        metrics.addLogs(watch);
        for (FedIssuer issuer : issuers.issuers()) {
            metrics.addNeverFed(issuer.name(), () -> watch.openIncidents(issuer.name()));
        }
        return watch;
    }
}
