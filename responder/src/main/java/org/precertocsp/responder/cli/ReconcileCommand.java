package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.ctlog.LogAddress;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.monitor.reconcile.Asker;
import org.precertocsp.responder.monitor.reconcile.Criteria;
import org.precertocsp.responder.monitor.reconcile.Ledger;
import org.precertocsp.responder.monitor.reconcile.Reconciled;
import org.precertocsp.responder.monitor.reconcile.Reconciliation;
import org.precertocsp.responder.monitor.reconcile.Source;
import org.precertocsp.responder.monitor.wire.BadAddress;
import org.precertocsp.responder.monitor.wire.Endpoint;
import org.precertocsp.responder.status.StoreFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/// `reconcile`: whether everybody agrees about every serial.
@Command(
        name = "reconcile",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Compares every serial in the logs, the CA's files and the CRLs given with the store"
                    + " and with what the endpoint answers, while the server runs.",
            "",
            "Tells of serials nobody answers for, serials the store lacks, serials only a log"
                    + " brought, precertificates in no log, documents that do not belong together,"
                    + " serials used under two keys, and answers that differ from CRLs, lists or"
                    + " store. Changes nothing. Without logs, files and CRLs it compares store and"
                    + " endpoint."
        },
        sortOptions = false,
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all agree",
            "1:something does not, or an input was refused",
            ExitCodes.USAGE_HELP,
            "3:store, file or log could not be read, or the endpoint is not there"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp reconcile -c precert-ocsp.yaml",
            "  precert-ocsp reconcile -c precert-ocsp.yaml --certificates issued/ --crl ca.crl",
            "  precert-ocsp reconcile -c precert-ocsp.yaml --since 2026-11-01 --log-list"
                    + " log_list.json --ct 'Some log 2026h2' --ct 'Other log 2026h2'"
        })
public final class ReconcileCommand implements Callable<Integer> {
    private final CommandContext.Factory contexts;
    private final Surroundings surroundings;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();
    @Mixin private ReconcileOptions options = new ReconcileOptions();

    private ReconcileCommand(CommandContext.Factory contexts, Surroundings surroundings) {
        this.contexts = contexts;
        this.surroundings = surroundings;
    }

    public static CommandLine line(CommandContext.Factory contexts, Surroundings surroundings) {
        return new CommandLine(new ReconcileCommand(contexts, surroundings));
    }

    @Override
    public Integer call() {
        options.mistake().ifPresent(this::refuse);
        ReconcileResult result;
        Optional<String> doubt = Optional.empty();
        try {
            checkAddress();
            CommandContext configured = contexts.read(config.file());
            doubt = configured.storeDoubt();
            result = reconcile(configured);
        } catch (CommandFailed e) {
            result = ReconcileResult.failed(surroundings.clock().instant(), e.explanation());
        } catch (StoreFailure e) {
            result =
                    ReconcileResult.failed(
                            surroundings.clock().instant(), "the store failed: " + e.getMessage());
        }
        print(result);
        doubt.ifPresent(this::warn);
        return doubt.isEmpty()
                ? result.exitStatus()
                : Math.max(result.exitStatus(), ExitCodes.REFUSED);
    }

    private void warn(String doubt) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("precert-ocsp: warning: " + Printable.of(doubt));
        err.flush();
    }

    private void refuse(String mistake) {
        throw new ParameterException(spec.commandLine(), mistake);
    }

    private void checkAddress() {
        try {
            if (options.url().isPresent()) {
                Endpoint.parse(options.url().get());
            }
        } catch (BadAddress e) {
            refuse("--url " + e.explanation());
        }
    }

    private ReconcileResult reconcile(CommandContext configured) throws CommandFailed {
        try (ReconcileInputs inputs =
                new ReconcileInputs(
                        configured,
                        surroundings,
                        options.progress() ? surroundings.terminal() : Optional.empty(),
                        options.work())) {
            read(inputs, configured);
            // Opened after all else is read: what those name should be in the store by now.
            try (CommandContext.StatusView store = configured.openView()) {
                return compare(configured, inputs, store);
            }
        }
    }

    private void read(ReconcileInputs inputs, CommandContext configured) throws CommandFailed {
        Optional<FedIssuer> issuer =
                options.issuer().isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                IssuerOption.find(options.issuer().get(), configured.issuers()));
        for (Map.Entry<FeedKind, List<String>> files : options.files().entrySet()) {
            inputs.readFiles(files.getKey(), files.getValue(), issuer);
        }
        List<LogAddress> logs = new ArrayList<>();
        for (ReconcileOptions.Log log : options.logs()) {
            logs.add(NamedLog.of(log.name(), log.key(), options.list()));
        }
        if (!logs.isEmpty()) {
            inputs.readLogs(logs, options.since());
        }
        if (!options.crls().isEmpty()) {
            // After all else: which of a CA's keys an entry is of says who assigned the serial.
            try (CommandContext.StatusView store = configured.openView()) {
                inputs.readCrls(options.crls(), store);
            }
        }
    }

    private ReconcileResult compare(
            CommandContext configured, ReconcileInputs inputs, CommandContext.StatusView store)
            throws CommandFailed {
        List<Ledger> ledgers = new ArrayList<>(inputs.ledgers());
        ledgers.add(new Ledger(Source.STORE, store, store));
        NotedSerials noted =
                NotedSerials.read(
                        store, configured.issuers().issuers(), surroundings.clock().instant());
        ledgers.add(new Ledger(Source.NOTED, noted, store));
        Criteria criteria =
                new Criteria(
                        inputs.begun(),
                        options.since(),
                        options.mergeDelay(),
                        inputs.logsWhole(),
                        inputs.fullCrls(),
                        noted.words());
        Map<IssuerKey, Asker> askers = askers(configured);
        try (CountProgress progress =
                new CountProgress(
                        options.progress() ? surroundings.terminal() : Optional.empty(),
                        "comparing",
                        "serials")) {
            Reconciliation.Plan plan =
                    new Reconciliation.Plan(
                            configured.issuers().issuers(),
                            ledgers,
                            askers,
                            options.inFlight(),
                            options.most());
            Reconciled reconciled =
                    new Reconciliation(plan, criteria, configured::openView)
                            .run(inputs.unusable(), progress::at);
            return ReconcileResult.of(reconciled, inputs.summaries());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted", e);
        } finally {
            askers.values().forEach(Asker::close);
        }
    }

    private Map<IssuerKey, Asker> askers(CommandContext configured) {
        Map<IssuerKey, Asker> askers = new HashMap<>();
        for (FedIssuer issuer : configured.issuers().issuers()) {
            configured
                    .ownAddress(issuer)
                    .map(own -> options.url().orElse(own))
                    .ifPresent(
                            url ->
                                    askers.put(
                                            issuer.key(),
                                            new Asker(
                                                    url,
                                                    issuer,
                                                    new Asker.Limits(options.timeout()),
                                                    surroundings.clock())));
        }
        return askers;
    }

    private void print(ReconcileResult result) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (options.json()) {
            out.println(Json.line(result));
        } else if (result.error().isEmpty() || result.serials() > 0) {
            new ReconcileReport(out).print(result);
        }
        out.flush();
        result.error().ifPresent(why -> err.println("precert-ocsp: " + Printable.of(why)));
        err.flush();
    }
}
