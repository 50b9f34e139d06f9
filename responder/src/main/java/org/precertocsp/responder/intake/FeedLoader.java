package org.precertocsp.responder.intake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.TooManyChangesException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads files: each whole or not at all. Thread-safe; loads wait for one another in the store.
public final class FeedLoader {
    private static final String CHANGED =
            "the file changed while it was read; write it elsewhere and rename it into place, then"
                    + " load it again";

    private static final Logger LOG = LoggerFactory.getLogger(FeedLoader.class);

    private static final int BUFFER_BYTES = 1 << 16;

    /// Part of the source's name in evidence, history and audit log.
    private static final String NUMBER_RESET_ACCEPTED = " (--accept-number-reset)";

    private final StatusWriter statuses;
    private final InstantSource clock;
    private final Consumer<LoadSummary> done;
    private final LoadTracer trace;
    private final List<StatusReader> others;

    public FeedLoader(StatusWriter statuses, InstantSource clock) {
        this(statuses, clock, _ -> {});
    }

    /// @param done receives the summary of every file, loaded or rejected
    public FeedLoader(StatusWriter statuses, InstantSource clock, Consumer<LoadSummary> done) {
        this(statuses, clock, done, LoadTracer.NONE);
    }

    /// @param done as above
    public FeedLoader(
            StatusWriter statuses,
            InstantSource clock,
            Consumer<LoadSummary> done,
            LoadTracer trace) {
        this(statuses, clock, done, trace, List.of());
    }

    /// @param done as above
    /// @param others look up serials in other places than the store, in addition to it
    public FeedLoader(
            StatusWriter statuses,
            InstantSource clock,
            Consumer<LoadSummary> done,
            LoadTracer trace,
            List<StatusReader> others) {
        this.others = List.copyOf(others);
        this.trace = trace;
        this.done = done;
        this.statuses = statuses;
        this.clock = clock;
    }

    /// Reads one file and commits its changes. Returns once that is durable. A file that is
    /// rejected as a whole, or changed while it was read, changes nothing, and the summary contains
    /// the reason.
    ///
    /// @throws UnreadableFileException I/O failed; nothing took effect
    /// @throws StoreException the store failed; as [ChangeSet#commit]
    public LoadSummary load(LoadJob job) throws UnreadableFileException {
        return trace.around(job.kind(), () -> stampAndLoad(job));
    }

    private LoadSummary stampAndLoad(LoadJob job) throws UnreadableFileException {
        try {
            FileStamp before = FileStamp.of(job.path());
            ChangeSource source =
                    new ChangeSource(
                            job.kind().word(),
                            name(job),
                            sha256(job.path()),
                            clock.instant().truncatedTo(ChronoUnit.SECONDS));
            LoadSummary summary = load(job, source, before);
            if (job.options().dryRun()) {
                return summary.asDryRun();
            }
            done.accept(summary);
            return summary;
        } catch (IOException | UncheckedIOException e) {
            throw new UnreadableFileException(job.name(), e);
        }
    }

    private static String name(LoadJob job) {
        return job.options().acceptNumberReset() ? job.name() + NUMBER_RESET_ACCEPTED : job.name();
    }

    /// The source as recorded in evidence, history and audit log: for an upload, with its sender.
    private static ChangeSource recorded(LoadJob job, ChangeSource source) {
        return job.sender()
                .map(
                        sender ->
                                new ChangeSource(
                                        ChangeSource.API,
                                        "%s: %s %s".formatted(sender, source.kind(), source.name()),
                                        source.sha256(),
                                        source.takenIn()))
                .orElse(source);
    }

    private LoadSummary load(LoadJob job, ChangeSource source, FileStamp before)
            throws IOException {
        LoadOptions options = job.options();
        FeedFile file =
                new FeedFile(
                        job.path(),
                        source,
                        job.issuer(),
                        job.progress(),
                        options,
                        sha256 -> {
                            if (!sha256.equals(source.sha256())) {
                                throw new IOException(CHANGED);
                            }
                        });
        LoadCounters counters = new LoadCounters(job.kind().word(), job.name());
        try (ChangeSet changes =
                options.dryRun()
                        ? statuses.beginDryRun(source)
                        : statuses.begin(recorded(job, source))) {
            Function<SerialKey, Optional<StatusRecord>> known = known(changes);
            WrongIssuerCheck lists =
                    new WrongIssuerCheck(job.issuers(), known, !options.newSerials());
            read(job.feed(), file, new ChangeApplier(changes, known, counters, lists));
            if (!FileStamp.of(job.path()).equals(before)) {
                throw new FeedRejectedException(CHANGED);
            }
            counters.settle(known);
            refuseIf(lists.problem());
            refuseIf(options.strict() ? counters.strictProblem() : Optional.empty());
            if (!options.dryRun()) {
                changes.commit();
            }
            return counters.taken();
        } catch (FeedRejectedException e) {
            String why = e.getMessage();
            return counters.refusedWhole(why == null ? e.toString() : why);
        }
    }

    private Function<SerialKey, Optional<StatusRecord>> known(ChangeSet changes) {
        return key ->
                changes.find(key)
                        .or(
                                () ->
                                        others.stream()
                                                .flatMap(other -> other.find(key).stream())
                                                .findFirst());
    }

    private static void refuseIf(Optional<String> problem) throws FeedRejectedException {
        if (problem.isPresent()) {
            throw new FeedRejectedException(problem.get());
        }
    }

    /// Reads in a separate thread while this one applies the records.
    private static void read(FeedReader feed, FeedFile file, ChangeApplier applier)
            throws FeedRejectedException {
        ChangeQueue queue = new ChangeQueue();
        FutureTask<Boolean> reading =
                new FutureTask<>(
                        () -> {
                            try {
                                feed.read(file, queue);
                                return true;
                            } finally {
                                queue.end();
                            }
                        });
        Thread reader = Thread.ofPlatform().name("feed").start(reading);
        try {
            applier.takeAll(queue);
            reading.get();
        } catch (ExecutionException e) {
            throw refusal(file, Objects.requireNonNull(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FeedRejectedException("the load was interrupted: load the file again", e);
        } catch (StoreException | UncheckedIOException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError e) {
            throw refusal(file, e);
        } finally {
            queue.stop();
            awaitEnd(reader);
        }
    }

    /// The set must not be closed, nor the file deleted, while the feed is still reading.
    private static void awaitEnd(Thread reader) {
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // A decoder that fails on a file has a bug, and the file most likely an error; neither may
    // prevent other files from being loaded.
    private static FeedRejectedException refusal(FeedFile file, Throwable failure) {
        return switch (failure) {
            case FeedRejectedException refused -> refused;
            case StoreException e -> throw e;
            case UncheckedIOException e -> throw e;
            case TooManyChangesException full ->
                    new FeedRejectedException(String.valueOf(full.getMessage()), full);
            default -> {
                LOG.error("{} could not be processed", file.source().name(), failure);
                yield new FeedRejectedException(
                        "precert-ocsp failed on it ("
                                + failure
                                + "); its log tells more, please report it",
                        failure);
            }
        };
    }

    private static ByteString sha256(Path path) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(path)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return ByteString.of(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Applies the records from a [ChangeQueue] and counts their outcomes, in the order of the
    /// file.
    ///
    /// Changes are applied many at a time: first a few at once, then twice as many, up to the
    /// lookahead of the change set.
    static final class ChangeApplier {
        private static final int FIRST_WINDOW = 256;

        private final ChangeSet changes;
        private final Function<SerialKey, Optional<StatusRecord>> known;
        private final LoadCounters counters;
        private final List<ChangeQueue.Item> window = new ArrayList<>();
        private final WrongIssuerCheck lists;
        private int wanted = FIRST_WINDOW;

        /// @param known returns the recorded status of a serial, the changes included
        ChangeApplier(
                ChangeSet changes,
                Function<SerialKey, Optional<StatusRecord>> known,
                LoadCounters counters,
                WrongIssuerCheck lists) {
            this.changes = changes;
            this.known = known;
            this.counters = counters;
            this.lists = lists;
        }

        /// Returns when the feed has ended.
        void takeAll(ChangeQueue queue) throws InterruptedException {
            while (true) {
                for (ChangeQueue.Item item : queue.take()) {
                    switch (item) {
                        case ChangeQueue.Item.Question<?> question -> {
                            judge();
                            question.answer(changes, known);
                        }
                        case ChangeQueue.Item.End _ -> {
                            judge();
                            return;
                        }
                        case ChangeQueue.Item.Fact _,
                                ChangeQueue.Item.Revocation _,
                                ChangeQueue.Item.RevocationRefusal _,
                                ChangeQueue.Item.Refusal _,
                                ChangeQueue.Item.Warning _,
                                ChangeQueue.Item.Head _ ->
                                window.add(item);
                    }
                }
                if (window.size() >= wanted) {
                    judge();
                    wanted = Math.clamp(2L * wanted, 1, changes.lookahead());
                }
            }
        }

        private void count(ChangeQueue.Item.Fact fact, ChangeOutcome outcome) {
            SerialKey key = fact.change().key();
            if (fact.saysGood() && staysRevoked(key, outcome)) {
                counters.staysRevoked(fact.place(), key);
            }
            if (outcome instanceof ChangeOutcome.Changed changed && changed.caWithoutReason()) {
                counters.warn(
                        fact.place(), "serial %s: %s".formatted(key.serial(), changed.what()));
            }
            if (outcome instanceof ChangeOutcome.Refused(String why)
                    && fact.change() instanceof StatusChange.Revoke) {
                counters.refuseRevocation(fact.place(), key, why, known.apply(key));
            } else {
                counters.count(fact.place(), key, outcome);
            }
            if (fact.change() instanceof StatusChange.Assign assign
                    && assign.by() == AssignedBy.DECLARATION) {
                lists.see(key, outcome);
            }
        }

        /// Looks the serial up only if the outcome does not tell: a list is loaded repeatedly, and
        /// usually changes nothing.
        private boolean staysRevoked(SerialKey key, ChangeOutcome outcome) {
            return switch (outcome) {
                case ChangeOutcome.Unchanged(boolean staysRevoked) -> staysRevoked;
                case ChangeOutcome.Changed _, ChangeOutcome.Refused _ ->
                        known.apply(key)
                                .filter(StatusRecord.Assigned.class::isInstance)
                                .map(StatusRecord.Assigned.class::cast)
                                .flatMap(StatusRecord.Assigned::revocation)
                                .isPresent();
                case ChangeOutcome.Added _,
                        ChangeOutcome.AddedByRevocation _,
                        ChangeOutcome.Conflict _ ->
                        false;
            };
        }

        private void judge() {
            List<StatusChange> facts = new ArrayList<>(window.size());
            Deque<List<StatusChange.Revoke>> meant = new ArrayDeque<>();
            for (ChangeQueue.Item item : window) {
                if (item instanceof ChangeQueue.Item.Fact fact) {
                    facts.add(fact.change());
                } else if (item instanceof ChangeQueue.Item.Revocation revocation) {
                    meant.add(meant(revocation));
                    facts.addAll(meant.getLast());
                }
            }
            List<ChangeOutcome> outcomes = changes.applyAll(facts);
            int next = 0;
            for (ChangeQueue.Item item : window) {
                switch (item) {
                    case ChangeQueue.Item.Fact fact -> count(fact, outcomes.get(next++));
                    case ChangeQueue.Item.Revocation revocation -> {
                        for (StatusChange.Revoke change : meant.remove()) {
                            count(
                                    new ChangeQueue.Item.Fact(revocation.place(), change, false),
                                    outcomes.get(next++));
                        }
                    }
                    case ChangeQueue.Item.RevocationRefusal(
                                    SourceLocation place,
                                    SerialKey key,
                                    String why) ->
                            counters.refuseRevocation(place, key, why, known.apply(key));
                    case ChangeQueue.Item.Refusal(SourceLocation place, String why) ->
                            counters.refuse(place, why);
                    case ChangeQueue.Item.Warning(SourceLocation place, String what) ->
                            counters.warn(place, what);
                    case ChangeQueue.Item.Head head ->
                            changes.put(new StateKey.NewestCrl(head.scope()), head.head());
                    case ChangeQueue.Item.Question<?> _, ChangeQueue.Item.End _ -> {
                        // Never added to the window.
                    }
                }
            }
            window.clear();
        }

        /// The revocation for each key that assigned the serial, in the group of issuers with the
        /// closest spelling.
        private List<StatusChange.Revoke> meant(ChangeQueue.Item.Revocation item) {
            StatusChange.Revoke change = item.change();
            for (List<ConfiguredIssuer> group : item.namesakes()) {
                List<ConfiguredIssuer> assigned =
                        group.stream()
                                .filter(issuer -> known.apply(under(issuer, change)).isPresent())
                                .toList();
                if (!assigned.isEmpty()) {
                    if (!group.equals(item.namesakes().getFirst())) {
                        counters.warn(item.place(), otherSpelling(change, assigned));
                    }
                    return assigned.stream()
                            .map(issuer -> change.of(under(issuer, change)))
                            .toList();
                }
            }
            return List.of(change);
        }

        private static SerialKey under(ConfiguredIssuer issuer, StatusChange.Revoke change) {
            return new SerialKey(issuer.key(), change.key().serial());
        }

        private static String otherSpelling(
                StatusChange.Revoke change, List<ConfiguredIssuer> assigned) {
            return "serial %s: revoked under %s, which assigned it and spells the name otherwise"
                    .formatted(
                            change.key().serial(),
                            assigned.stream()
                                    .map(issuer -> "issuer '" + issuer.name() + "'")
                                    .collect(Collectors.joining(", ")));
        }
    }

    /// Detects a list that is loaded for the wrong issuer, which could not be undone: nothing in
    /// the list names the issuer of its serials.
    ///
    /// Checks the first serials that are new to the named issuer: if most of them are known as
    /// another configured issuer's, the list belongs to that one. Only long serials count, since
    /// two CAs that number from one have the same serials legitimately.
    static final class WrongIssuerCheck {
        /// Number of new serials checked; each costs a lookup per issuer.
        static final int SAMPLE = 200;

        /// In bytes; what the Baseline Requirements' 64 bits of entropy need (BR 7.1).
        static final int LONG_SERIAL = 8;

        private final ConfiguredIssuer.Directory issuers;
        private final Function<SerialKey, Optional<StatusRecord>> known;
        private final Map<ConfiguredIssuer, Integer> elsewhere = new HashMap<>();
        private final boolean wanted;
        private long seenBefore;
        private int sampled;

        /// @param known returns the recorded status of a serial, changes of this list included
        /// @param wanted false if the operator declares the serials new
        WrongIssuerCheck(
                ConfiguredIssuer.Directory issuers,
                Function<SerialKey, Optional<StatusRecord>> known,
                boolean wanted) {
            this.issuers = issuers;
            this.known = known;
            this.wanted = wanted && issuers.issuers().size() > 1;
        }

        /// Checks one serial of a list and the outcome of its change.
        void see(SerialKey key, ChangeOutcome outcome) {
            if (!wanted || sampled >= SAMPLE || key.serial().content().length() < LONG_SERIAL) {
                return;
            }
            if (!(outcome instanceof ChangeOutcome.Added)) {
                seenBefore++;
                return;
            }
            sampled++;
            for (ConfiguredIssuer issuer : issuers.issuers()) {
                IssuerKey other = issuer.key();
                if (!other.equals(key.issuer())
                        && known.apply(new SerialKey(other, key.serial())).isPresent()) {
                    elsewhere.merge(issuer, 1, Integer::sum);
                }
            }
        }

        /// Why the list belongs to another issuer; empty if nothing indicates it.
        Optional<String> problem() {
            for (Map.Entry<ConfiguredIssuer, Integer> entry : elsewhere.entrySet()) {
                int count = entry.getValue();
                if (2L * count > sampled + seenBefore) {
                    return Optional.of(
                            ("%d of the first %d serials in it are known as serials of issuer '%s', not"
                                            + " of the one named: is it that issuer's list? If these"
                                            + " serials are new ones of the issuer named, load it with"
                                            + " --new-serials")
                                    .formatted(count, sampled + seenBefore, entry.getKey().name()));
                }
            }
            return Optional.empty();
        }
    }
}
