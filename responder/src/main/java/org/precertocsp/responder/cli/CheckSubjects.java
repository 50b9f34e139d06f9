package org.precertocsp.responder.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.precertocsp.responder.intake.ctlog.LogAddress;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;
import org.precertocsp.responder.intake.ctlog.client.LogHttp;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.monitor.ctlog.NotProven;
import org.precertocsp.responder.monitor.subject.LogSubjects;
import org.precertocsp.responder.monitor.subject.Subject;
import org.precertocsp.responder.monitor.subject.SubjectFiles;
import org.precertocsp.responder.monitor.wire.HttpWire;

/// What one round of `check` asks about, from files and from a log.
///
/// @param note hears what was read from the log
record CheckSubjects(CheckOptions options, Surroundings surroundings, Consumer<String> note) {
    private static final String AGENT = "precert-ocsp (check)";

    /// What cannot be read is among the problems. Blocks on the network.
    SubjectFiles.Result read(HttpWire asking) {
        HttpWire wire = options.privateAddresses() ? asking : asking.publicOnly();
        List<Subject> subjects = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        if (options.hasFiles()) {
            SubjectFiles.Result files = SubjectFiles.read(options.request(), wire);
            subjects.addAll(files.subjects());
            problems.addAll(files.problems());
            files.notes().forEach(note);
        }
        try {
            Optional<LogAddress> log = options.log();
            if (log.isPresent()) {
                LogSubjects.Result logged = read(log.get(), wire);
                subjects.addAll(logged.subjects());
                problems.addAll(logged.problems());
                logged.notes().forEach(note);
            }
        } catch (CommandFailed e) {
            problems.add(e.explanation());
        }
        return new SubjectFiles.Result(List.copyOf(subjects), List.copyOf(problems), List.of());
    }

    private LogSubjects.Result read(LogAddress log, HttpWire wire) throws CommandFailed {
        try (LogHttp http =
                new LogHttp(
                        ClientLimits.USUAL,
                        surroundings.clock(),
                        surroundings.pause()::of,
                        AGENT)) {
            return LogSubjects.read(
                    log.open(http).log(),
                    options.request(log.name(), surroundings.clock().instant()),
                    wire);
        } catch (LogUnavailable e) {
            throw new CommandFailed("the log does not answer: " + e.getMessage(), e);
        } catch (NotProven e) {
            throw new CommandFailed(
                    "%s is not to be trusted: %s".formatted(log.name(), e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted", e);
        }
    }
}
