package org.precertocsp.responder.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.LoadJob;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.UnreadableFileException;
import org.precertocsp.responder.intake.spool.SpoolClient;
import org.precertocsp.responder.intake.spool.SpoolClient.News;
import org.precertocsp.responder.intake.spool.SpoolClient.Sending;
import org.precertocsp.responder.intake.spool.SpoolClient.Sent;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;

/// Loads the files of one command: into the store itself, or through the server that has it open.
final class LocalLoad {
    /// The interval between attempts to open a store in use, or to read the server's result.
    static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

    private final CommandContext configured;
    private final CommandEnvironment environment;
    private final LoadPlan plan;

    LocalLoad(CommandContext configured, CommandEnvironment environment, LoadPlan plan) {
        this.configured = configured;
        this.environment = environment;
        this.plan = plan;
    }

    /// Waits for the store or the server, as long as the plan allows.
    LoadResult run() throws CommandException {
        SpoolClient spool = new SpoolClient(configured.spool(), environment.clock());
        Instant deadline = environment.clock().instant().plus(plan.patience());
        boolean noted = false;
        while (true) {
            try (CommandContext.OpenedStore store = open(spool)) {
                return loadInto(store.writer());
            } catch (StoreLockedException e) {
                if (serverWatches(spool)) {
                    return new SpoolLoad(spool, configured.issuers(), environment, plan).run();
                }
                if (!environment.clock().instant().isBefore(deadline)) {
                    throw inUse(e);
                }
            } catch (StoreException e) {
                throw new CommandException("the store failed: " + e.getMessage(), e);
            }
            if (!noted) {
                note("waiting: the store is in use by another process …");
                noted = true;
            }
            pause();
        }
    }

    /// A running server checks a trial load itself.
    private CommandContext.OpenedStore open(SpoolClient spool)
            throws StoreLockedException, CommandException {
        return plan.options().dryRun() && !serverWatches(spool)
                ? configured.openForDryRun()
                : configured.openStore();
    }

    private boolean serverWatches(SpoolClient spool) throws CommandException {
        try {
            return spool.serverWatches();
        } catch (IOException e) {
            throw new CommandException(
                    "the store is in use, and it cannot be determined whether by a server: "
                            + UnreadableFileException.reason(e)
                            + "; run this as the server's user or in its group",
                    e);
        }
    }

    private CommandException inUse(StoreLockedException cause) {
        return new CommandException(
                "the store is in use (%s), and not by a server that watches %s; nothing was loaded."
                                .formatted(cause.getMessage(), configured.spool().directory())
                        + " Wait until the other load ends, or check that server and command use"
                        + " the same configuration",
                cause);
    }

    private void note(String text) {
        plan.notes()
                .ifPresent(
                        notes -> {
                            notes.println(text);
                            notes.flush();
                        });
    }

    private void pause() throws CommandException {
        try {
            environment.pause().of(BETWEEN_LOOKS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted; nothing was loaded", e);
        }
    }

    private LoadResult loadInto(StatusWriter store) {
        List<LoadInputs.Input> inputs = plan.files().inputs();
        List<Path> together = inputs.stream().map(LoadInputs.Input::path).toList();
        FeedReader feed = configured.feeds().feed(plan.kind(), together);
        FeedLoader loader = new FeedLoader(store, environment.clock());
        long bytes = inputs.stream().mapToLong(LoadInputs.Input::bytes).sum();
        List<LoadSummary> summaries = new ArrayList<>();
        Optional<String> error = Optional.empty();
        try (ProgressDisplay progress =
                ProgressDisplay.files(plan.bar(), "loading", inputs.size(), bytes)) {
            for (LoadInputs.Input input : inputs) {
                summaries.add(
                        loader.load(
                                new LoadJob(
                                        plan.kind(),
                                        feed,
                                        input.path(),
                                        input.name(),
                                        plan.issuer(),
                                        progress.nextFile(input.bytes()),
                                        plan.options(),
                                        configured.issuers())));
            }
        } catch (UnreadableFileException e) {
            error = Optional.of(String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            // Files before this one are in the store and must be reported.
            error = Optional.of("the store failed: " + e.getMessage());
        }
        return LoadResult.of(summaries, plan.files().skipped(), error);
    }

    /// Hands files to the running server through its spool and waits for the result.
    static final class SpoolLoad {
        private final SpoolClient spool;
        private final ConfiguredIssuer.Directory configured;
        private final CommandEnvironment environment;
        private final LoadPlan plan;

        /// @param configured issuers of the command's configuration
        SpoolLoad(
                SpoolClient spool,
                ConfiguredIssuer.Directory configured,
                CommandEnvironment environment,
                LoadPlan plan) {
            this.spool = spool;
            this.configured = configured;
            this.environment = environment;
            this.plan = plan;
        }

        LoadResult run() throws CommandException {
            checkIssuers();
            Sent sent = send();
            if (plan.bar().isEmpty()) {
                note(
                        "waiting for the running server to load "
                                + files(sent.stored().size())
                                + " …");
            }
            News.Answered answer = await(sent);
            if (answer.summaries().stream()
                    .anyMatch(summary -> summary.dryRun() != plan.options().dryRun())) {
                throw new CommandException(
                        "the running server is of a version that does not know --dry-run and has loaded"
                                + " the files");
            }
            return LoadResult.of(answer.summaries(), plan.files().skipped(), Optional.empty());
        }

        /// Otherwise the server could only report that a signature does not verify.
        private void checkIssuers() throws CommandException {
            List<String> missing;
            try {
                missing = spool.missingInServer(configured);
            } catch (IOException _) {
                return; // Sending reports the cause.
            }
            if (missing.isEmpty()) {
                return;
            }
            String what =
                    "the running server was started without issuer %s, which the configuration has now:"
                                    .formatted(String.join(", ", missing))
                            + " restart it (systemctl restart precert-ocsp), then load what is of that"
                            + " issuer";
            if (plan.issuer().filter(it -> missing.contains(it.name())).isPresent()) {
                throw new CommandException(what + "; nothing was loaded");
            }
            note(what);
        }

        private Sent send() throws CommandException {
            List<Sending> files =
                    plan.files().inputs().stream()
                            .map(input -> new Sending(input.path(), input.name()))
                            .toList();
            try {
                return spool.send(
                        plan.kind(),
                        plan.issuer().map(ConfiguredIssuer::name),
                        plan.options(),
                        files);
            } catch (IOException e) {
                throw new CommandException(
                        "the files could not be handed to the running server: "
                                + UnreadableFileException.reason(e)
                                + "; nothing was loaded. Run this as the server's user, or let its"
                                + " group write to the spool",
                        e);
            }
        }

        private News.Answered await(Sent sent) throws CommandException {
            Instant begun = environment.clock().instant();
            Instant lastSign = begun;
            int processed = 0;
            while (true) {
                switch (news(sent)) {
                    case News.Answered answered -> {
                        clear();
                        return answered;
                    }
                    case News.Returned returned ->
                            throw new CommandException(
                                    "the running server rejected the files: " + returned.why());
                    case News.Waiting waiting -> {
                        Instant now = environment.clock().instant();
                        if (waiting.processed() > processed) {
                            processed = waiting.processed();
                            lastSign = now;
                        }
                        if (!now.isBefore(lastSign.plus(plan.patience()))) {
                            throw timedOut(sent);
                        }
                        show(sent, processed, Duration.between(begun, now));
                        pause(sent);
                    }
                }
            }
        }

        private News news(Sent sent) throws CommandException {
            try {
                return spool.news(sent);
            } catch (IOException e) {
                throw new CommandException(
                        "the files were handed to the running server, but its results cannot be read: "
                                + UnreadableFileException.reason(e)
                                + ". Run this as the server's user or in its group",
                        e);
            }
        }

        private CommandException timedOut(Sent sent) {
            clear();
            return new CommandException(
                    ("the running server gave no result for %d s. The files stay queued as %s and will"
                                    + " be loaded when it comes to them; their results will be in its"
                                    + " spool under done or refused. See the server's log for what"
                                    + " holds it up; --wait lets this command wait longer")
                            .formatted(plan.patience().toSeconds(), sent.id()));
        }

        private void pause(Sent sent) throws CommandException {
            try {
                environment.pause().of(LocalLoad.BETWEEN_LOOKS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandException("interrupted; the files stay queued as " + sent.id(), e);
            }
        }

        private void show(Sent sent, int processed, Duration elapsed) {
            plan.bar()
                    .ifPresent(
                            bar -> {
                                bar.printf(
                                        "\rwaiting for the running server … %d of %s, %d s ",
                                        processed,
                                        files(sent.stored().size()),
                                        elapsed.toSeconds());
                                bar.flush();
                            });
        }

        private void clear() {
            plan.bar()
                    .ifPresent(
                            bar -> {
                                bar.print("\r" + " ".repeat(79) + "\r");
                                bar.flush();
                            });
        }

        private static String files(int count) {
            return count == 1 ? "1 file" : count + " files";
        }

        private void note(String text) {
            plan.notes()
                    .ifPresent(
                            notes -> {
                                notes.println(text);
                                notes.flush();
                            });
        }
    }
}
