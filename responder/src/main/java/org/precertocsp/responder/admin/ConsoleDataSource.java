package org.precertocsp.responder.admin;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.precertocsp.responder.admin.api.Insight;
import org.precertocsp.responder.admin.overview.Moments;
import org.precertocsp.responder.admin.overview.Overview;
import org.precertocsp.responder.admin.overview.RecentLoads;
import org.precertocsp.responder.admin.overview.Sources;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.freshness.KeptCredential;
import org.precertocsp.responder.freshness.Renewals;
import org.precertocsp.responder.http.Traffic;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ctlog.watch.LogWatch;
import org.precertocsp.responder.intake.spool.SpoolWatcher;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;
import org.precertocsp.responder.unassigned.UnassignedMonitor;

/// Collects the data that the console shows from the parts of a running server.
public final class ConsoleDataSource {
    /// The parts that the console shows.
    ///
    /// @param layers of the answers, in the order a request reaches them
    /// @param answers what a client would receive; asking it is counted nowhere
    public record Running(
            List<ReadinessCheck> checks,
            Traffic traffic,
            Supplier<List<Overview.Layer>> layers,
            AnswerService answers,
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

    /// @param counted receives every file too
    public ConsoleDataSource(
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

    /// Adds a file that was loaded or refused.
    public void loaded(LoadSummary summary) {
        counted.accept(summary);
        loads.add(summary);
    }

    /// Begins to keep the recent past.
    public Insight insight(
            Running running,
            Supplier<Overview.Audit> audit,
            BackgroundTasks tasks,
            Lifecycle life) {
        Sources sources =
                new Sources(
                        clock.instant(),
                        () -> running.checks().stream().map(ConsoleDataSource::health).toList(),
                        running.traffic(),
                        running.layers(),
                        () -> issuers(running),
                        running.store()::responseCounts,
                        running.store()::figures,
                        running.spool()::state,
                        running.logs()::states,
                        audit,
                        loads,
                        new Moments(),
                        clock);
        life.closeLater(tasks.every("console", Moments.STEP, sources::recordStep));
        return new Insight(sources::overview, running.alerts(), running.answers(), this::loaded);
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
