package org.precertocsp.responder;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.precertocsp.responder.admin.ReadinessCheck;
import org.precertocsp.responder.admin.api.Insight;
import org.precertocsp.responder.admin.overview.Moments;
import org.precertocsp.responder.admin.overview.Overview;
import org.precertocsp.responder.admin.overview.RecentLoads;
import org.precertocsp.responder.admin.overview.Sources;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.freshness.KeptCredential;
import org.precertocsp.responder.freshness.Renewals;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ctlog.watch.LogWatch;
import org.precertocsp.responder.intake.spool.SpoolWatcher;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.unassigned.UnassignedMonitor;

/// [Wiring]'s part for what the console shows.
final class ConsoleWiring {
    /// What it is shown of.
    record Running(
            List<ReadinessCheck> checks,
            AnswerWiring answers,
            Renewals renewals,
            RocksStores store,
            UnassignedMonitor unassigned,
            SpoolWatcher spool,
            LogWatch logs,
            Alerts alerts) {}

    private final List<KeptCredential> credentials;
    private final FedIssuer.Directory fed;
    private final Consumer<LoadSummary> counted;
    private final InstantSource clock;
    private final RecentLoads loads;

    /// @param counted hears of every file, too
    ConsoleWiring(
            List<KeptCredential> credentials,
            FedIssuer.Directory fed,
            Consumer<LoadSummary> counted,
            InstantSource clock) {
        this.credentials = credentials;
        this.fed = fed;
        this.counted = counted;
        this.clock = clock;
        this.loads = new RecentLoads(clock);
    }

    /// For whoever loads files.
    void loaded(LoadSummary summary) {
        counted.accept(summary);
        loads.add(summary);
    }

    /// Begins to remember the recent past.
    Insight insight(
            Running running,
            Supplier<Overview.Audit> audit,
            BackgroundTasks tasks,
            Started started) {
        Sources sources =
                new Sources(
                        clock.instant(),
                        () -> running.checks().stream().map(ConsoleWiring::health).toList(),
                        running.answers().traffic(),
                        running.answers()::layers,
                        () -> issuers(running),
                        running.store()::responseCounts,
                        running.store()::figures,
                        running.spool()::state,
                        running.logs()::states,
                        audit,
                        loads,
                        new Moments(),
                        clock);
        started.closeLater(tasks.every("console", Moments.STEP, sources::recordStep));
        return new Insight(
                sources::overview, running.alerts(), running.answers().lookedAt(), this::loaded);
    }

    private static Overview.Health health(ReadinessCheck check) {
        return new Overview.Health(check.name(), check.problem().get());
    }

    private List<Overview.Issuer> issuers(Running running) {
        return credentials.stream().map(it -> issuer(it, running)).toList();
    }

    private Overview.Issuer issuer(KeptCredential credential, Running running) {
        String name = credential.issuer();
        return new Overview.Issuer(
                name,
                Overview.Signing.of(credential.bounded().state()),
                running.renewals().states().stream()
                        .filter(it -> it.issuer().equals(name))
                        .findFirst()
                        .map(Overview.Renewal::of),
                running.unassigned().counts().stream()
                        .filter(it -> it.issuer().equals(name))
                        .findFirst()
                        .map(Overview.Unassigned::of),
                authorityEnds(credential),
                signerEnds(credential));
    }

    private Instant authorityEnds(KeptCredential credential) {
        return fed.of(credential.key()).orElseThrow().certificate().notAfter();
    }

    private Instant signerEnds(KeptCredential credential) {
        return Optional.of(credential.current().credential())
                .flatMap(it -> it.delegate())
                .map(it -> it.notAfter())
                .orElseGet(() -> authorityEnds(credential));
    }
}
