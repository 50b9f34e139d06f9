package org.precertocsp.responder.reload;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reloads every part of a running server that can be reloaded, and reports the result to the
/// caller, the log and, if something failed, an alert, which the next successful reload ends.
/// Thread-safe; one reload at a time.
public final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);
    private static final String ABOUT = "reload";

    /// One part. An exception means that it failed.
    @FunctionalInterface
    public interface Part {
        ReloadReport reload();

        /// Whether it raises alerts about its failures itself, as a part that watches files does.
        default boolean isWatched() {
            return false;
        }

        /// A part that raises its own alerts.
        static Part watched(Supplier<ReloadReport> reload) {
            return new Part() {
                @Override
                public ReloadReport reload() {
                    return reload.get();
                }

                @Override
                public boolean isWatched() {
                    return true;
                }
            };
        }
    }

    private final Alarm alarm;
    private final List<Part> parts = new CopyOnWriteArrayList<>();

    /// One in progress, and one waiting, which will see every change made before it starts.
    private final Semaphore requests = new Semaphore(2);

    public Reloader(Alarm alarm) {
        this.alarm = alarm;
    }

    /// Adds a part, which is reloaded after those added before.
    public void add(Part part) {
        parts.add(part);
    }

    /// As [#reload], for signals, which may arrive in large numbers: if one is waiting already, it
    /// serves this request too.
    public void request() {
        if (requests.tryAcquire()) {
            try {
                ReloadReport _ = reload();
            } finally {
                requests.release();
            }
        }
    }

    /// Blocks until every part is reloaded, at most some minutes if a token hangs.
    public synchronized ReloadReport reload() {
        List<String> reloaded = new ArrayList<>();
        List<String> needsRestart = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        List<String> unheard = new ArrayList<>();
        for (Part part : parts) {
            try {
                ReloadReport report = part.reload();
                reloaded.addAll(report.reloaded());
                needsRestart.addAll(report.needsRestart());
                failed.addAll(report.failed());
                if (!part.isWatched()) {
                    unheard.addAll(report.failed());
                }
            } catch (RuntimeException e) {
                LOG.error("a part of the server could not be reloaded", e);
                failed.add("a part of the server, by a bug; its log has more: " + e);
                unheard.add(failed.getLast());
            }
        }
        ReloadReport all = new ReloadReport(reloaded, needsRestart, failed);
        tell(all, unheard);
        return all;
    }

    private void tell(ReloadReport report, List<String> unheard) {
        if (!report.reloaded().isEmpty()) {
            LOG.info("reloaded: {}", String.join("; ", report.reloaded()));
        }
        if (!report.needsRestart().isEmpty()) {
            LOG.warn(
                    "changed in the configuration, and ignored until the server is restarted: {}",
                    String.join("; ", report.needsRestart()));
        }
        if (!report.succeeded()) {
            LOG.error(
                    "not reloaded, what was in use stays in use: {}",
                    String.join("; ", report.failed()));
        }
        if (unheard.isEmpty()) {
            alarm.end(Incident.Kind.RELOAD_FAILED, ABOUT);
            return;
        }
        alarm.raise(
                new Incident(
                        Incident.Kind.RELOAD_FAILED,
                        ABOUT,
                        "Not everything was reloaded, and what was in use before stays in use: %s."
                                        .formatted(String.join("; ", unheard))
                                + " Correct it and reload again: precert-ocsp reload"));
    }
}
