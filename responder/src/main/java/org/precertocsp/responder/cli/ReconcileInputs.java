package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.ctlog.LogAddress;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.LoadJob;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.LoadTracer;
import org.precertocsp.responder.intake.UnreadableFileException;
import org.precertocsp.responder.monitor.DifferenceKind;
import org.precertocsp.responder.monitor.ReconcileDifference;
import org.precertocsp.responder.monitor.ReconcileSource;
import org.precertocsp.responder.monitor.SourceKind;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusStore;

/// The input that `reconcile` compares with the store. The same feeds that fill the store read it,
/// each kind of source into a small store of its own: so it is evaluated as the server would
/// evaluate it, and any number of serials takes disk, not memory. Everything is deleted on close.
final class ReconcileInputs implements AutoCloseable {
    private final CommandContext configured;
    private final CommandEnvironment environment;
    private final Optional<PrintStream> bar;
    private final Path folder;
    private final Map<SourceKind, StatusStore> stores = new EnumMap<>(SourceKind.class);
    private final List<LoadSummary> summaries = new ArrayList<>();
    private final Instant begun;
    private boolean logsWhole;

    /// @param bar the terminal for the progress bar
    /// @param parent of the temporary directory
    ReconcileInputs(
            CommandContext configured,
            CommandEnvironment environment,
            Optional<PrintStream> bar,
            Optional<Path> parent)
            throws CommandException {
        this.configured = configured;
        this.environment = environment;
        this.bar = bar;
        this.begun = environment.clock().instant().truncatedTo(ChronoUnit.SECONDS);
        String prefix = "precert-ocsp-reconcile-";
        try {
            this.folder =
                    parent.isPresent()
                            ? Files.createTempDirectory(parent.get(), prefix)
                            : Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw new CommandException("no directory for what is read: " + e, e);
        }
    }

    /// Reads the files of one kind.
    ///
    /// @throws CommandException one cannot be read at all
    void readFiles(FeedKind kind, List<String> names, Optional<ConfiguredIssuer> issuer)
            throws CommandException {
        readFiles(
                kind, names, issuer, new FeedLoader(store(SourceKind.FILES), environment.clock()));
    }

    /// Reads CRLs. If a CA has several keys, an entry belongs to the key that assigned its serial,
    /// according to the store or to input read before.
    ///
    /// @throws CommandException one cannot be read at all
    void readCrls(List<String> names, StatusReader known) throws CommandException {
        List<StatusReader> all = new ArrayList<>(List.of(known));
        all.addAll(stores.values());
        StatusStore crls = store(SourceKind.CRLS);
        readFiles(
                FeedKind.CRL,
                names,
                Optional.empty(),
                new FeedLoader(crls, environment.clock(), _ -> {}, LoadTracer.NONE, all));
    }

    private void readFiles(
            FeedKind kind, List<String> names, Optional<ConfiguredIssuer> issuer, FeedLoader loader)
            throws CommandException {
        try (LoadInputs inputs =
                new LoadInputs(kind, environment.input(), LoadInputs.MAX_PIPED_BYTES)) {
            for (String name : names) {
                inputs.add(name);
            }
            load(kind, inputs.inputs(), issuer, loader);
        }
    }

    private void load(
            FeedKind kind,
            List<LoadInputs.Input> inputs,
            Optional<ConfiguredIssuer> issuer,
            FeedLoader loader)
            throws CommandException {
        List<Path> together = inputs.stream().map(LoadInputs.Input::path).toList();
        FeedReader feed = configured.feeds().feed(kind, together);
        long bytes = inputs.stream().mapToLong(LoadInputs.Input::bytes).sum();
        try (ProgressDisplay progress =
                ProgressDisplay.files(bar, "loading", inputs.size(), bytes)) {
            for (LoadInputs.Input input : inputs) {
                summaries.add(
                        loader.load(
                                new LoadJob(
                                        kind,
                                        feed,
                                        input.path(),
                                        input.name(),
                                        issuer,
                                        progress.nextFile(input.bytes()))));
            }
        } catch (UnreadableFileException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    /// Reads logs, from the given date or from their beginning, up to their newest heads.
    ///
    /// @throws CommandException one does not answer
    void readLogs(List<LogAddress> logs, Optional<Instant> since) throws CommandException {
        StatusStore store = store(SourceKind.LOGS);
        logsWhole = true;
        for (LogAddress log : logs) {
            LoadSummary summary =
                    new CtLogReader(configured, environment, bar).survey(store, log, since);
            logsWhole &= summary.refusedFile().isEmpty();
            summaries.add(summary);
        }
    }

    private StatusStore store(SourceKind source) {
        return stores.computeIfAbsent(
                source, it -> configured.openScratch(folder.resolve(it.toString())));
    }

    /// When reading began, whole seconds: a revocation that is read without a date has no earlier
    /// one.
    Instant begun() {
        return begun;
    }

    List<ReconcileSource> ledgers() {
        return stores.entrySet().stream()
                .map(it -> new ReconcileSource(it.getKey(), it.getValue(), it.getValue()))
                .toList();
    }

    /// True if there are logs, and each was read to its head.
    boolean logsWhole() {
        return logsWhole;
    }

    List<LoadSummary> summaries() {
        return List.copyOf(summaries);
    }

    /// Unusable input. Conflicts are not included: their serials are compared.
    List<ReconcileDifference> unusable() {
        List<ReconcileDifference> all = new ArrayList<>();
        for (LoadSummary summary : summaries) {
            summary.refusedFile().ifPresent(why -> all.add(unusable(summary.file() + ": " + why)));
            summary.reports().stream()
                    .filter(report -> report.severity().equals("refused"))
                    .map(it -> unusable(it.file() + ", " + it.place() + ": " + it.reason()))
                    .forEach(all::add);
        }
        return all;
    }

    private static ReconcileDifference unusable(String what) {
        return new ReconcileDifference(DifferenceKind.UNUSABLE, "", "", what);
    }

    /// The time of each issuer's newest full CRL.
    Map<IssuerKey, Instant> fullCrls() {
        StatusStore crls = stores.get(SourceKind.CRLS);
        Map<IssuerKey, Instant> made = new HashMap<>();
        if (crls != null) {
            ChangeSource nothing =
                    new ChangeSource("crl", "", ByteString.of(), environment.clock().instant());
            try (ChangeSet set = crls.begin(nothing)) {
                for (ConfiguredIssuer issuer : configured.issuers().issuers()) {
                    set.get(new StateKey.NewestCrl(new CrlScope(issuer.key(), "")))
                            .map(LatestCrl::thisUpdate)
                            .ifPresent(at -> made.put(issuer.key(), at));
                }
            }
        }
        return made;
    }

    @Override
    public void close() throws CommandException {
        stores.values().forEach(StatusStore::close);
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new CommandException("what was read stays behind in " + folder, e);
        }
    }
}
