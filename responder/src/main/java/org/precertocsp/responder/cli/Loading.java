package org.precertocsp.responder.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.FeedJob;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.StatusFeed;
import org.precertocsp.responder.intake.UnreadableFile;
import org.precertocsp.responder.intake.spool.SpoolClient;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;

/// Loads the files of one command: into the store itself, or through the server that has it open.
final class Loading {
    /// How often a store in use, or the server, is asked again.
    static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

    private final CommandContext configured;
    private final Surroundings surroundings;
    private final LoadPlan plan;

    Loading(CommandContext configured, Surroundings surroundings, LoadPlan plan) {
        this.configured = configured;
        this.surroundings = surroundings;
        this.plan = plan;
    }

    /// Waits for the store or the server, as long as the plan allows.
    LoadResult run() throws CommandFailed {
        SpoolClient spool = new SpoolClient(configured.spool(), surroundings.clock());
        Instant deadline = surroundings.clock().instant().plus(plan.patience());
        boolean noted = false;
        while (true) {
            try (CommandContext.OpenedStore store = open(spool)) {
                return loadInto(store.writer());
            } catch (StoreLocked e) {
                if (serverWatches(spool)) {
                    return new ServerLoading(spool, configured.issuers(), surroundings, plan).run();
                }
                if (!surroundings.clock().instant().isBefore(deadline)) {
                    throw inUse(e);
                }
            } catch (StoreFailure e) {
                throw new CommandFailed("the store failed: " + e.getMessage(), e);
            }
            if (!noted) {
                note("waiting: the store is in use by another process …");
                noted = true;
            }
            pause();
        }
    }

    /// A running server judges what it would load itself.
    private CommandContext.OpenedStore open(SpoolClient spool) throws StoreLocked, CommandFailed {
        return plan.options().dryRun() && !serverWatches(spool)
                ? configured.openForDryRun()
                : configured.openStore();
    }

    private boolean serverWatches(SpoolClient spool) throws CommandFailed {
        try {
            return spool.serverWatches();
        } catch (IOException e) {
            throw new CommandFailed(
                    "the store is in use, and it cannot be determined whether by a server: "
                            + UnreadableFile.reason(e)
                            + "; run this as the server's user or in its group",
                    e);
        }
    }

    private CommandFailed inUse(StoreLocked cause) {
        return new CommandFailed(
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

    private void pause() throws CommandFailed {
        try {
            surroundings.pause().of(BETWEEN_LOOKS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted; nothing was loaded", e);
        }
    }

    private LoadResult loadInto(StatusWriter store) {
        List<LoadInputs.Input> inputs = plan.files().inputs();
        List<Path> together = inputs.stream().map(LoadInputs.Input::path).toList();
        StatusFeed feed = configured.feeds().feed(plan.kind(), together);
        FeedLoader loader = new FeedLoader(store, surroundings.clock());
        long bytes = inputs.stream().mapToLong(LoadInputs.Input::bytes).sum();
        List<LoadSummary> summaries = new ArrayList<>();
        Optional<String> error = Optional.empty();
        try (ProgressDisplay progress =
                ProgressDisplay.files(plan.bar(), "loading", inputs.size(), bytes)) {
            for (LoadInputs.Input input : inputs) {
                summaries.add(
                        loader.load(
                                new FeedJob(
                                        plan.kind(),
                                        feed,
                                        input.path(),
                                        input.name(),
                                        plan.issuer(),
                                        progress.nextFile(input.bytes()),
                                        plan.options(),
                                        configured.issuers())));
            }
        } catch (UnreadableFile e) {
            error = Optional.of(String.valueOf(e.getMessage()));
        } catch (StoreFailure e) {
            // Files before this one are in the store and must be reported.
            error = Optional.of("the store failed: " + e.getMessage());
        }
        return LoadResult.of(summaries, plan.files().skipped(), error);
    }
}
