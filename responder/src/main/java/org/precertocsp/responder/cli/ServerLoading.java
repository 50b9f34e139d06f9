package org.precertocsp.responder.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.UnreadableFile;
import org.precertocsp.responder.intake.spool.SpoolClient.News;
import org.precertocsp.responder.intake.spool.SpoolClient.Sending;
import org.precertocsp.responder.intake.spool.SpoolClient.Sent;
import org.precertocsp.responder.intake.spool.SpoolClient;

/// Hands files to the running server through its spool and waits for the result.
final class ServerLoading {
    private final SpoolClient spool;
    private final FedIssuer.Directory configured;
    private final Surroundings surroundings;
    private final LoadPlan plan;

    /// @param configured issuers of the command's configuration
    ServerLoading(
            SpoolClient spool,
            FedIssuer.Directory configured,
            Surroundings surroundings,
            LoadPlan plan) {
        this.spool = spool;
        this.configured = configured;
        this.surroundings = surroundings;
        this.plan = plan;
    }

    LoadResult run() throws CommandFailed {
        checkIssuers();
        Sent sent = send();
        if (plan.bar().isEmpty()) {
            note("waiting for the running server to load " + files(sent.stored().size()) + " …");
        }
        News.Answered answer = await(sent);
        if (answer.summaries().stream()
                .anyMatch(summary -> summary.dryRun() != plan.options().dryRun())) {
            throw new CommandFailed(
                    "the running server is of a version that does not know --dry-run and has loaded"
                            + " the files");
        }
        return LoadResult.of(answer.summaries(), plan.files().skipped(), Optional.empty());
    }

    /// Otherwise the server could only say that a signature does not verify.
    private void checkIssuers() throws CommandFailed {
        List<String> missing;
        try {
            missing = spool.missingInServer(configured);
        } catch (IOException _) {
            return; // Sending says more.
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
            throw new CommandFailed(what + "; nothing was loaded");
        }
        note(what);
    }

    private Sent send() throws CommandFailed {
        List<Sending> files =
                plan.files().inputs().stream()
                        .map(input -> new Sending(input.path(), input.name()))
                        .toList();
        try {
            return spool.send(
                    plan.kind(), plan.issuer().map(FedIssuer::name), plan.options(), files);
        } catch (IOException e) {
            throw new CommandFailed(
                    "the files could not be handed to the running server: "
                            + UnreadableFile.reason(e)
                            + "; nothing was loaded. Run this as the server's user, or let its"
                            + " group write to the spool",
                    e);
        }
    }

    private News.Answered await(Sent sent) throws CommandFailed {
        Instant begun = surroundings.clock().instant();
        Instant lastSign = begun;
        int processed = 0;
        while (true) {
            switch (news(sent)) {
                case News.Answered answered -> {
                    clear();
                    return answered;
                }
                case News.Returned returned ->
                        throw new CommandFailed(
                                "the running server rejected the files: " + returned.why());
                case News.Waiting waiting -> {
                    Instant now = surroundings.clock().instant();
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

    private News news(Sent sent) throws CommandFailed {
        try {
            return spool.news(sent);
        } catch (IOException e) {
            throw new CommandFailed(
                    "the files were handed to the running server, but its results cannot be read: "
                            + UnreadableFile.reason(e)
                            + ". Run this as the server's user or in its group",
                    e);
        }
    }

    private CommandFailed timedOut(Sent sent) {
        clear();
        return new CommandFailed(
                ("the running server gave no result for %d s. The files stay queued as %s and will"
                                + " be loaded when it comes to them; their results will be in its"
                                + " spool under done or refused. See the server's log for what"
                                + " holds it up; --wait lets this command wait longer")
                        .formatted(plan.patience().toSeconds(), sent.id()));
    }

    private void pause(Sent sent) throws CommandFailed {
        try {
            surroundings.pause().of(Loading.BETWEEN_LOOKS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted; the files stay queued as " + sent.id(), e);
        }
    }

    private void show(Sent sent, int processed, Duration elapsed) {
        plan.bar()
                .ifPresent(
                        bar -> {
                            bar.printf(
                                    "\rwaiting for the running server … %d of %s, %d s ",
                                    processed, files(sent.stored().size()), elapsed.toSeconds());
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
