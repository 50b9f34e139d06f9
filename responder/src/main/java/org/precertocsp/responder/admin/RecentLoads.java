package org.precertocsp.responder.admin;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.LoadSummary;

/// The files loaded or refused most recently. Thread-safe.
public final class RecentLoads {
    /// Limits: files, and reports per file.
    static final int MAX_LOADS = 20;

    static final int MAX_REPORTS = 5;

    /// The result of loading one file.
    ///
    /// @param refusedFile why nothing of it was loaded
    /// @param refused records
    /// @param reports the first few, with their locations
    public record Load(
            Instant at,
            String file,
            String feed,
            Optional<String> refusedFile,
            long added,
            long changed,
            long unchanged,
            long refused,
            long conflicts,
            long warnings,
            List<String> reports) {}

    private final InstantSource clock;
    private final Deque<Load> loads = new ArrayDeque<>();

    public RecentLoads(InstantSource clock) {
        this.clock = clock;
    }

    public synchronized void add(LoadSummary summary) {
        loads.addFirst(
                new Load(
                        clock.instant(),
                        summary.file(),
                        summary.kind(),
                        summary.refusedFile(),
                        summary.added(),
                        summary.changed(),
                        summary.unchanged(),
                        summary.refused(),
                        summary.conflicts(),
                        summary.warnings(),
                        summary.reports().stream()
                                .limit(MAX_REPORTS)
                                .map(
                                        it ->
                                                "%s, %s: %s"
                                                        .formatted(
                                                                it.severityText(),
                                                                it.place(),
                                                                it.reason()))
                                .toList()));
        while (loads.size() > MAX_LOADS) {
            loads.removeLast();
        }
    }

    /// Newest first.
    synchronized List<Load> all() {
        return new ArrayList<>(loads);
    }
}
