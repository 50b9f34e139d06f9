package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.precertocsp.ocsp.IssuerKey;
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
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;

/// Reads one CT log up to its newest head, once: into the status store for `load ct-log`, into a
/// temporary store for `reconcile`.
///
/// Both methods also return if the log cannot be trusted: the summary then says why it was
/// rejected.
///
/// @param bar where progress is drawn
record CtLogReader(CommandContext context, Surroundings surroundings, Optional<PrintStream> bar) {
    /// The log stopped answering before its head was reached; what was proven before is stored.
    static final class Unfinished extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient LoadSummary soFar;

        private Unfinished(LoadSummary soFar, LogUnavailable cause) {
            super("the log does not answer: " + cause.getMessage(), cause);
            this.soFar = soFar;
        }

        LoadSummary soFar() {
            return soFar;
        }

        String explanation() {
            return String.valueOf(getMessage());
        }
    }

    /// Opens a client that names the command to the log's operator.
    static LogHttp http(Surroundings surroundings, String command) {
        return new LogHttp(
                ClientLimits.USUAL,
                surroundings.clock(),
                surroundings.pause()::of,
                "precert-ocsp (" + command + ")");
    }

    /// Loads a log into the status store.
    ///
    /// @param from the first entry to read, if the log was never read before
    LoadSummary load(LogAddress log, OptionalLong from) throws CommandFailed, Unfinished {
        try (CommandContext.OpenedStore store = context.openStore();
                LogHttp http = http(surroundings, "load ct-log")) {
            LogFollower follower = follower(store.writer(), log.open(http), context.alertOnly());
            try {
                return catchUp(follower, from);
            } catch (LogUnavailable e) {
                throw new Unfinished(follower.summary(Optional.empty()), e);
            }
        } catch (StoreLocked e) {
            throw new CommandFailed(
                    e.getMessage() + "; stop the server, then read the log into it", e);
        } catch (StoreFailure e) {
            throw new CommandFailed("the store failed: " + e.getMessage(), e);
        } catch (LogUnavailable e) {
            throw new CommandFailed("the log does not answer: " + e.getMessage(), e);
        } catch (FollowRefused e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted; what was proven before is stored", e);
        }
    }

    /// Reads the entries of the configured issuers into a store of the command's own.
    ///
    /// @param since skips entries logged before
    /// @throws CommandFailed the log does not answer
    LoadSummary survey(StatusWriter store, LogAddress address, Optional<Instant> since)
            throws CommandFailed {
        try (LogHttp http = http(surroundings, "reconcile")) {
            FollowedLog log = address.open(http);
            LogFollower follower = follower(store, log, Set.of());
            try {
                return catchUp(
                        follower, since.isEmpty() ? OptionalLong.empty() : first(log, since.get()));
            } catch (UntrustedHead | MalformedAnswer e) {
                return follower.summary(Optional.of(String.valueOf(e.getMessage())));
            }
        } catch (LogUnavailable e) {
            throw new CommandFailed("the log does not answer: " + e.getMessage(), e);
        } catch (FollowRefused e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted", e);
        }
    }

    private static OptionalLong first(FollowedLog log, Instant since)
            throws LogUnavailable, UntrustedHead, MalformedAnswer, InterruptedException {
        TreeHead head = log.log().head();
        long first = LogDate.firstSince(log.log(), head, since);
        // One entry too many rather than none: a log cannot be read from behind its end.
        return OptionalLong.of(Math.clamp(first, 0, Math.max(0, head.size() - 1)));
    }

    private LoadSummary catchUp(LogFollower follower, OptionalLong from)
            throws LogUnavailable, FollowRefused, InterruptedException {
        try (ProgressDisplay progress = ProgressDisplay.count(bar, "reading", "entries")) {
            follower.catchUp(from, progress::at);
            return follower.summary(Optional.empty());
        } catch (LogAlert e) {
            return follower.summary(Optional.of(e.kind() + ": " + e.getMessage()));
        }
    }

    private LogFollower follower(StatusWriter store, FollowedLog log, Set<IssuerKey> alertOnly) {
        return new LogFollower(
                log,
                new LogFollower.Tools(
                        OurIssuers.of(context.issuers()),
                        new LogIntake(
                                store,
                                context.loggedCertificates(),
                                alertOnly,
                                surroundings.clock()),
                        FollowLimits.USUAL,
                        ClientLimits.USUAL.inFlight(),
                        surroundings.clock()));
    }
}
