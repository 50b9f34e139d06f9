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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Function;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.TooManyChanges;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads files: each whole or not at all. Thread-safe; loads wait for one another in the store.
public final class FeedLoader {
    private static final String CHANGED =
            "the file changed while it was read; write it elsewhere and rename it into place, then"
                    + " load it again";

    private static final Logger LOG = LoggerFactory.getLogger(FeedLoader.class);

    private static final int BUFFER_OCTETS = 1 << 16;

    /// In the name that evidence, history and audit log keep.
    private static final String NUMBER_RESET_ACCEPTED = " (--accept-number-reset)";

    private final StatusWriter statuses;
    private final InstantSource clock;
    private final Consumer<LoadSummary> done;
    private final LoadTrace trace;
    private final List<StatusReader> others;

    public FeedLoader(StatusWriter statuses, InstantSource clock) {
        this(statuses, clock, _ -> {});
    }

    /// @param done hears of every file read, taken or refused
    public FeedLoader(StatusWriter statuses, InstantSource clock, Consumer<LoadSummary> done) {
        this(statuses, clock, done, LoadTrace.NONE);
    }

    /// @param done as above
    public FeedLoader(
            StatusWriter statuses,
            InstantSource clock,
            Consumer<LoadSummary> done,
            LoadTrace trace) {
        this(statuses, clock, done, trace, List.of());
    }

    /// @param done as above
    /// @param others know serials that the store loaded does not, and are asked too
    public FeedLoader(
            StatusWriter statuses,
            InstantSource clock,
            Consumer<LoadSummary> done,
            LoadTrace trace,
            List<StatusReader> others) {
        this.others = List.copyOf(others);
        this.trace = trace;
        this.done = done;
        this.statuses = statuses;
        this.clock = clock;
    }

    /// Reads one file and commits what it brings. Returns once that is durable. A file refused as a
    /// whole, or changed by someone while it was read, changes nothing and says so in the summary.
    ///
    /// @throws UnreadableFile I/O failed; nothing took effect
    /// @throws StoreFailure the store failed; as [ChangeSet#commit]
    public LoadSummary load(FeedJob job) throws UnreadableFile {
        return trace.around(job.kind(), () -> stampAndLoad(job));
    }

    private LoadSummary stampAndLoad(FeedJob job) throws UnreadableFile {
        try {
            FileStamp before = FileStamp.of(job.path());
            FeedSource source =
                    new FeedSource(
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
            throw new UnreadableFile(job.name(), e);
        }
    }

    private static String name(FeedJob job) {
        return job.options().acceptNumberReset() ? job.name() + NUMBER_RESET_ACCEPTED : job.name();
    }

    /// The source as evidence, history and audit log keep it: of an upload, with its sender.
    private static FeedSource recorded(FeedJob job, FeedSource source) {
        return job.sender()
                .map(
                        sender ->
                                new FeedSource(
                                        FeedSource.API,
                                        "%s: %s %s".formatted(sender, source.kind(), source.name()),
                                        source.sha256(),
                                        source.takenIn()))
                .orElse(source);
    }

    private LoadSummary load(FeedJob job, FeedSource source, FileStamp before) throws IOException {
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
        Tally tally = new Tally(job.kind(), job.name());
        try (ChangeSet changes =
                options.dryRun()
                        ? statuses.beginDryRun(source)
                        : statuses.begin(recorded(job, source))) {
            Function<SerialKey, Optional<StatusRecord>> known = known(changes);
            WrongIssuerCheck lists =
                    new WrongIssuerCheck(job.issuers(), known, !options.newSerials());
            read(job.feed(), file, new Judging(changes, known, tally, lists));
            if (!FileStamp.of(job.path()).equals(before)) {
                throw new FeedRefused(CHANGED);
            }
            tally.settle(known);
            refuseIf(lists.problem());
            refuseIf(options.strict() ? tally.strictProblem() : Optional.empty());
            if (!options.dryRun()) {
                changes.commit();
            }
            return tally.taken();
        } catch (FeedRefused e) {
            String why = e.getMessage();
            return tally.refusedWhole(why == null ? e.toString() : why);
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

    private static void refuseIf(Optional<String> problem) throws FeedRefused {
        if (problem.isPresent()) {
            throw new FeedRefused(problem.get());
        }
    }

    /// Reads in a thread of its own while this one judges what was read.
    private static void read(StatusFeed feed, FeedFile file, Judging judging) throws FeedRefused {
        Conveyor conveyor = new Conveyor();
        FutureTask<Boolean> reading =
                new FutureTask<>(
                        () -> {
                            try {
                                feed.read(file, conveyor);
                                return true;
                            } finally {
                                conveyor.end();
                            }
                        });
        Thread reader = Thread.ofPlatform().name("feed").start(reading);
        try {
            judging.takeAll(conveyor);
            reading.get();
        } catch (ExecutionException e) {
            throw refusal(file, Objects.requireNonNull(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FeedRefused("the load was interrupted: load the file again", e);
        } catch (StoreFailure | UncheckedIOException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError e) {
            throw refusal(file, e);
        } finally {
            conveyor.stop();
            awaitEnd(reader);
        }
    }

    /// The set must not be closed, nor the file deleted, while the feed is still at work.
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

    // A decoder that cannot bear a file is wrong, and so is the file most likely; neither may keep
    // other files from being loaded.
    private static FeedRefused refusal(FeedFile file, Throwable failure) {
        return switch (failure) {
            case FeedRefused refused -> refused;
            case StoreFailure e -> throw e;
            case UncheckedIOException e -> throw e;
            case TooManyChanges full -> new FeedRefused(String.valueOf(full.getMessage()), full);
            default -> {
                LOG.error("{} could not be processed", file.source().name(), failure);
                yield new FeedRefused(
                        "precert-ocsp failed on it ("
                                + failure
                                + "); its log tells more, please report it",
                        failure);
            }
        };
    }

    private static Octets sha256(Path path) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER_OCTETS];
        try (InputStream in = Files.newInputStream(path)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return Octets.of(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
