package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.ctlog.FollowedLog;
import org.precertocsp.responder.ctlog.FollowerLimits;
import org.precertocsp.responder.ctlog.InvalidStartEntryException;
import org.precertocsp.responder.ctlog.IssuerFilter;
import org.precertocsp.responder.ctlog.LogAddress;
import org.precertocsp.responder.ctlog.LogClientConfig;
import org.precertocsp.responder.ctlog.LogDateSearch;
import org.precertocsp.responder.ctlog.LogEntryLoader;
import org.precertocsp.responder.ctlog.LogFollower;
import org.precertocsp.responder.ctlog.LogHttpClient;
import org.precertocsp.responder.ctlog.LogIntegrityException;
import org.precertocsp.responder.ctlog.LogTreeHead;
import org.precertocsp.responder.ctlog.LogUnavailableException;
import org.precertocsp.responder.ctlog.MalformedLogResponseException;
import org.precertocsp.responder.ctlog.UntrustedTreeHeadException;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;

/// Reads one CT log up to its newest head, once: into the status store for `load ct-log`, into a
/// temporary store for `reconcile`.
///
/// Both methods also return if the log cannot be trusted: the summary then says why it was
/// rejected.
///
/// @param bar where progress is drawn
record CtLogReader(
        CommandContext context, CommandEnvironment environment, Optional<PrintStream> bar) {
    /// The log stopped answering before its head was reached; what was proven before is stored.
    static final class Unfinished extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient LoadSummary soFar;

        private Unfinished(LoadSummary soFar, LogUnavailableException cause) {
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

    /// Opens a client whose User-Agent names the command to the log's operator.
    static LogHttpClient http(CommandEnvironment environment, String command) {
        return new LogHttpClient(
                LogClientConfig.USUAL,
                environment.clock(),
                environment.pause()::of,
                "precert-ocsp (" + command + ")");
    }

    /// Loads a log into the status store.
    ///
    /// @param from the first entry to read, if the log was never read before
    LoadSummary load(LogAddress log, OptionalLong from) throws CommandException, Unfinished {
        try (CommandContext.OpenedStore store = context.openStore();
                LogHttpClient http = http(environment, "load ct-log")) {
            LogFollower follower = follower(store.writer(), log.open(http), context.alertOnly());
            try {
                return catchUp(follower, from);
            } catch (LogUnavailableException e) {
                throw new Unfinished(follower.summary(Optional.empty()), e);
            }
        } catch (StoreLockedException e) {
            throw new CommandException(
                    e.getMessage() + "; stop the server, then read the log into it", e);
        } catch (StoreException e) {
            throw new CommandException("the store failed: " + e.getMessage(), e);
        } catch (LogUnavailableException e) {
            throw new CommandException("the log does not answer: " + e.getMessage(), e);
        } catch (InvalidStartEntryException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted; what was proven before is stored", e);
        }
    }

    /// Reads the entries of the configured issuers into a temporary store.
    ///
    /// @param since skips entries logged before
    /// @throws CommandException the log does not answer
    LoadSummary survey(StatusWriter store, LogAddress address, Optional<Instant> since)
            throws CommandException {
        try (LogHttpClient http = http(environment, "reconcile")) {
            FollowedLog log = address.open(http);
            LogFollower follower = follower(store, log, Set.of());
            try {
                return catchUp(
                        follower, since.isEmpty() ? OptionalLong.empty() : first(log, since.get()));
            } catch (UntrustedTreeHeadException | MalformedLogResponseException e) {
                return follower.summary(Optional.of(String.valueOf(e.getMessage())));
            }
        } catch (LogUnavailableException e) {
            throw new CommandException("the log does not answer: " + e.getMessage(), e);
        } catch (InvalidStartEntryException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    private static OptionalLong first(FollowedLog log, Instant since)
            throws LogUnavailableException,
                    UntrustedTreeHeadException,
                    MalformedLogResponseException,
                    InterruptedException {
        LogTreeHead head = log.log().head();
        long first = LogDateSearch.firstSince(log.log(), head, since);
        // One entry too many rather than none: a log cannot be read from behind its end.
        return OptionalLong.of(Math.clamp(first, 0, Math.max(0, head.size() - 1)));
    }

    private LoadSummary catchUp(LogFollower follower, OptionalLong from)
            throws LogUnavailableException, InvalidStartEntryException, InterruptedException {
        try (ProgressDisplay progress = ProgressDisplay.count(bar, "reading", "entries")) {
            follower.catchUp(from, progress::at);
            return follower.summary(Optional.empty());
        } catch (LogIntegrityException e) {
            return follower.summary(Optional.of(e.kind() + ": " + e.getMessage()));
        }
    }

    private LogFollower follower(StatusWriter store, FollowedLog log, Set<IssuerKey> alertOnly) {
        return new LogFollower(
                log,
                new LogFollower.Tools(
                        IssuerFilter.of(context.issuers()),
                        new LogEntryLoader(
                                store,
                                context.loggedCertificates(),
                                alertOnly,
                                environment.clock()),
                        FollowerLimits.USUAL,
                        LogClientConfig.USUAL.inFlight(),
                        environment.clock()));
    }
}
