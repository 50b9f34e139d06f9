package org.precertocsp.responder.admin;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.ctlog.LogMonitor;
import org.precertocsp.responder.http.RequestMetrics;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.spool.SpoolWatcher;
import org.precertocsp.responder.metrics.unassigned.UnassignedMonitor;
import org.precertocsp.responder.renewal.IssuerCredential;
import org.precertocsp.responder.renewal.RenewalService;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;
import org.precertocsp.responder.task.ReadinessCheck;

/// Collects the data that the console shows from the parts of a running server.
public final class ConsoleDataSource {
    /// The parts that the console shows.
    ///
    /// @param layers of the answers, in the order a request reaches them
    /// @param answers what a client would receive; such a lookup is counted nowhere
    public record Running(
            List<ReadinessCheck> checks,
            RequestMetrics traffic,
            Supplier<List<Overview.Layer>> layers,
            AnswerService answers,
            RenewalService renewals,
            RocksStore store,
            UnassignedMonitor unassigned,
            SpoolWatcher spool,
            LogMonitor logs,
            Alerts alerts) {}

    private final List<IssuerCredential> credentials;
    private final ConfiguredIssuer.Directory fed;
    private final Consumer<LoadSummary> counted;
    private final InstantSource clock;
    private final RecentLoads loads;

    /// @param counted receives every file too
    public ConsoleDataSource(
            List<IssuerCredential> credentials,
            ConfiguredIssuer.Directory fed,
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

    /// Starts to keep the recent history.
    public ConsoleData insight(
            Running running,
            Supplier<Overview.Audit> audit,
            BackgroundTasks tasks,
            Lifecycle life) {
        OverviewSources sources =
                new OverviewSources(
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
                        new RecentHistory(),
                        clock);
        life.closeLater(tasks.every("console", RecentHistory.STEP, sources::recordStep));
        return new ConsoleData(
                sources::overview, running.alerts(), running.answers(), this::loaded);
    }

    private static Overview.Health health(ReadinessCheck check) {
        return new Overview.Health(check.name(), check.problem().get());
    }

    private List<Overview.Issuer> issuers(Running running) {
        return credentials.stream().map(it -> issuer(it, running)).toList();
    }

    private Overview.Issuer issuer(IssuerCredential credential, Running running) {
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

    private Instant authorityEnds(IssuerCredential credential) {
        return fed.of(credential.key()).orElseThrow().certificate().notAfter();
    }

    private Instant signerEnds(IssuerCredential credential) {
        return Optional.of(credential.current().credential())
                .flatMap(it -> it.delegate())
                .map(it -> it.notAfter())
                .orElseGet(() -> authorityEnds(credential));
    }
}
