package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ctlog.FollowLimits;
import org.precertocsp.responder.intake.ctlog.FollowRefused;
import org.precertocsp.responder.intake.ctlog.FollowedLog;
import org.precertocsp.responder.intake.ctlog.LogAddress;
import org.precertocsp.responder.intake.ctlog.LogAlert;
import org.precertocsp.responder.intake.ctlog.LogFollower;
import org.precertocsp.responder.intake.ctlog.LogIntake;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;
import org.precertocsp.responder.intake.ctlog.client.LogHttp;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.client.MalformedAnswer;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.TreeHead;
import org.precertocsp.responder.intake.ctlog.head.UntrustedHead;
import org.precertocsp.responder.monitor.ctlog.LogDate;
import org.precertocsp.responder.status.StatusWriter;

/// Reads what a log holds of our issuers, from a date on, to compare it.
///
/// @param bar where progress is drawn
record LogSurvey(CommandContext configured, Surroundings surroundings, Optional<PrintStream> bar) {
    private static final String AGENT = "precert-ocsp (reconcile)";

    /// Returns also where the log is not to be trusted: the summary then says why it was refused.
    ///
    /// @throws CommandFailed the log does not answer
    LoadSummary into(StatusWriter store, LogAddress chosen, Optional<Instant> since)
            throws CommandFailed {
        try (LogHttp http =
                new LogHttp(
                        ClientLimits.USUAL,
                        surroundings.clock(),
                        surroundings.pause()::of,
                        AGENT)) {
            return read(store, chosen.open(http), since);
        } catch (LogUnavailable e) {
            throw new CommandFailed("the log does not answer: " + e.getMessage(), e);
        } catch (FollowRefused e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted", e);
        }
    }

    private LoadSummary read(StatusWriter store, FollowedLog log, Optional<Instant> since)
            throws LogUnavailable, FollowRefused, InterruptedException {
        LogFollower follower = follower(store, log);
        try (CountProgress progress = new CountProgress(bar, "reading", "entries")) {
            OptionalLong from = OptionalLong.empty();
            if (since.isPresent()) {
                TreeHead head = log.log().head();
                long first = LogDate.firstSince(log.log(), head, since.get());
                // One too many, rather than none: a log cannot be read from behind its end.
                from = OptionalLong.of(Math.clamp(first, 0, Math.max(0, head.size() - 1)));
            }
            follower.catchUp(from, progress::at);
            return follower.summary(Optional.empty());
        } catch (LogAlert e) {
            return follower.summary(Optional.of(e.kind() + ": " + e.getMessage()));
        } catch (UntrustedHead | MalformedAnswer e) {
            return follower.summary(Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private LogFollower follower(StatusWriter store, FollowedLog log) {
        LogIntake intake =
                new LogIntake(
                        store, configured.loggedCertificates(), Set.of(), surroundings.clock());
        return new LogFollower(
                log,
                new LogFollower.Tools(
                        OurIssuers.of(configured.issuers()),
                        intake,
                        FollowLimits.USUAL,
                        ClientLimits.USUAL.inFlight(),
                        surroundings.clock()));
    }
}
