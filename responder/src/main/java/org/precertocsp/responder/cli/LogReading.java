package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ctlog.Discoveries;
import org.precertocsp.responder.intake.ctlog.FollowLimits;
import org.precertocsp.responder.intake.ctlog.FollowRefused;
import org.precertocsp.responder.intake.ctlog.FollowedLog;
import org.precertocsp.responder.intake.ctlog.LogAlert;
import org.precertocsp.responder.intake.ctlog.LogFollower;
import org.precertocsp.responder.intake.ctlog.LogIntake;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;
import org.precertocsp.responder.intake.ctlog.client.CtLog;
import org.precertocsp.responder.intake.ctlog.client.LogHttp;
import org.precertocsp.responder.intake.ctlog.client.LogOpening;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.client.Rfc6962Log;
import org.precertocsp.responder.intake.ctlog.client.StaticLog;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.LogKey;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;

/// Reads one log into the store, once.
final class LogReading {
    private static final String AGENT = "precert-ocsp (load ct-log)";

    /// A log an operator named.
    ///
    /// @param origin what a log list says its checkpoints name it, empty if they say it has none;
    ///   absent where there is no list, so that the log must be asked for its API
    record Chosen(String name, URI url, LogKey key, Optional<String> origin) {}

    /// @param bar where progress is drawn
    record Plan(Chosen log, OptionalLong from, Optional<PrintStream> bar) {}

    /// The log was not read to its head, though not by its fault; what was proven before is stored.
    static final class Unfinished extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient LoadSummary soFar;

        Unfinished(String message, LoadSummary soFar, Throwable cause) {
            super(message, cause);
            this.soFar = soFar;
        }

        LoadSummary soFar() {
            return soFar;
        }

        String explanation() {
            return String.valueOf(getMessage());
        }
    }

    private final Services.Configured configured;
    private final Surroundings surroundings;
    private final Plan plan;

    LogReading(Services.Configured configured, Surroundings surroundings, Plan plan) {
        this.configured = configured;
        this.surroundings = surroundings;
        this.plan = plan;
    }

    /// Returns also where the log is not to be trusted: the summary then says why it was refused.
    LoadSummary run() throws CommandFailed, Unfinished {
        try (StatusStore store = configured.openStore();
                LogHttp http =
                        new LogHttp(
                                ClientLimits.USUAL,
                                surroundings.clock(),
                                surroundings.pause()::of,
                                AGENT)) {
            return read(store, http);
        } catch (StoreLocked e) {
            throw new CommandFailed(
                    e.getMessage() + "; stop the server, then read the log into it", e);
        } catch (StoreFailure e) {
            throw new CommandFailed("the store failed: " + e.getMessage(), e);
        }
    }

    private LoadSummary read(StatusStore store, LogHttp http) throws CommandFailed, Unfinished {
        LogFollower follower;
        try {
            follower = follower(store, http);
        } catch (LogUnavailable e) {
            throw new CommandFailed("the log does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try (LogProgress progress = LogProgress.begin(plan.bar())) {
            follower.catchUp(plan.from(), progress);
            return follower.summary(Optional.empty());
        } catch (LogAlert e) {
            return follower.summary(Optional.of(e.kind() + ": " + e.getMessage()));
        } catch (LogUnavailable e) {
            throw new Unfinished(
                    "the log does not answer: " + e.getMessage(),
                    follower.summary(Optional.empty()),
                    e);
        } catch (FollowRefused e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static CommandFailed interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CommandFailed("interrupted; what was proven before is stored", e);
    }

    private LogFollower follower(StatusStore store, LogHttp http)
            throws LogUnavailable, InterruptedException {
        LogIntake intake =
                new LogIntake(
                        store,
                        configured.loggedCertificates(),
                        Discoveries.IGNORED,
                        surroundings.clock());
        return new LogFollower(
                new FollowedLog(plan.log().name(), plan.log().key().id(), open(plan.log(), http)),
                new LogFollower.Tools(
                        OurIssuers.of(configured.issuers()),
                        intake,
                        FollowLimits.USUAL,
                        ClientLimits.USUAL.inFlight(),
                        surroundings.clock()));
    }

    /// May ask the log which API it has; blocks meanwhile.
    static CtLog open(Chosen log, LogHttp http) throws LogUnavailable, InterruptedException {
        if (log.origin().isEmpty()) {
            return LogOpening.of(http, log.url(), log.key());
        }
        return log.origin().get().isEmpty()
                ? new Rfc6962Log(http, log.url(), log.key())
                : new StaticLog(http, log.url(), log.origin(), log.key());
    }
}
