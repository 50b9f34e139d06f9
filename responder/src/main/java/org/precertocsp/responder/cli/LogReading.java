package org.precertocsp.responder.cli;

import java.io.PrintStream;
import java.util.Optional;
import java.util.OptionalLong;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ctlog.FollowLimits;
import org.precertocsp.responder.intake.ctlog.FollowRefused;
import org.precertocsp.responder.intake.ctlog.LogAddress;
import org.precertocsp.responder.intake.ctlog.LogAlert;
import org.precertocsp.responder.intake.ctlog.LogFollower;
import org.precertocsp.responder.intake.ctlog.LogIntake;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;
import org.precertocsp.responder.intake.ctlog.client.LogHttp;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;

/// Reads one log into the store, once.
final class LogReading {
    private static final String AGENT = "precert-ocsp (load ct-log)";

    /// @param bar where progress is drawn
    record Plan(LogAddress log, OptionalLong from, Optional<PrintStream> bar) {}

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

    private final CommandContext configured;
    private final Surroundings surroundings;
    private final Plan plan;

    LogReading(CommandContext configured, Surroundings surroundings, Plan plan) {
        this.configured = configured;
        this.surroundings = surroundings;
        this.plan = plan;
    }

    /// Returns also where the log is not to be trusted: the summary then says why it was refused.
    LoadSummary run() throws CommandFailed, Unfinished {
        try (Services.OpenedStore store = configured.openStore();
                LogHttp http =
                        new LogHttp(
                                ClientLimits.USUAL,
                                surroundings.clock(),
                                surroundings.pause()::of,
                                AGENT)) {
            return read(store.writer(), http);
        } catch (StoreLocked e) {
            throw new CommandFailed(
                    e.getMessage() + "; stop the server, then read the log into it", e);
        } catch (StoreFailure e) {
            throw new CommandFailed("the store failed: " + e.getMessage(), e);
        }
    }

    private LoadSummary read(StatusWriter store, LogHttp http) throws CommandFailed, Unfinished {
        LogFollower follower;
        try {
            follower = follower(store, http);
        } catch (LogUnavailable e) {
            throw new CommandFailed("the log does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try (CountProgress progress = new CountProgress(plan.bar(), "reading", "entries")) {
            follower.catchUp(plan.from(), progress::at);
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

    private LogFollower follower(StatusWriter store, LogHttp http)
            throws LogUnavailable, InterruptedException {
        LogIntake intake =
                new LogIntake(
                        store,
                        configured.loggedCertificates(),
                        configured.alertOnly(),
                        surroundings.clock());
        return new LogFollower(
                plan.log().open(http),
                new LogFollower.Tools(
                        OurIssuers.of(configured.issuers()),
                        intake,
                        FollowLimits.USUAL,
                        ClientLimits.USUAL.inFlight(),
                        surroundings.clock()));
    }
}
