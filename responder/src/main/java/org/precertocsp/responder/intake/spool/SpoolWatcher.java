package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's side of a spool: one thread that loads all files that arrive, until closed.
public final class SpoolWatcher implements AutoCloseable {
    /// The pause after a failure of the store.
    static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private static final Duration LOG_EVERY = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(SpoolWatcher.class);

    private static final Duration SWEEP_EVERY = Duration.ofHours(1);

    private final Duration keep;
    private final InstantSource clock;
    private final WatcherLock sign;
    private final SpoolProcessor worker;
    private BackgroundTasks.@Nullable Task task;
    private volatile boolean stopped;
    private @Nullable Instant swept;
    private volatile int waiting;
    private volatile @Nullable Instant lastLook;
    private volatile @Nullable Instant lastTaken;
    private volatile List<String> problems = List.of();

    private SpoolWatcher(
            SpoolConfig config, SpoolLoadContext intake, InstantSource clock, WatcherLock sign) {
        this.keep = config.keep();
        this.clock = clock;
        this.sign = sign;
        this.worker =
                new SpoolProcessor(
                        new SpoolDirectories(config.directory()), intake, clock, this::processed);
    }

    /// Creates missing directories of the spool and starts to watch it.
    ///
    /// @throws IOException if a directory cannot be created, or another server watches the spool
    public static SpoolWatcher start(
            BackgroundTasks tasks, SpoolConfig config, SpoolLoadContext intake, InstantSource clock)
            throws IOException {
        SpoolDirectories folders = new SpoolDirectories(config.directory());
        folders.create();
        SpoolWatcher watcher =
                new SpoolWatcher(
                        config,
                        intake,
                        clock,
                        WatcherLock.acquire(
                                folders.alive(), SpoolDirectories.issuers(intake.issuers())));
        watcher.task =
                tasks.required()
                        .thread("spool", () -> watcher.scanOnce() ? config.poll() : AFTER_FAILURE);
        return watcher;
    }

    public SpoolState state() {
        return new SpoolState(
                task != null && task.isRunning(),
                waiting,
                Optional.ofNullable(lastLook),
                Optional.ofNullable(lastTaken),
                problems);
    }

    private void sweep() {
        Instant now = clock.instant();
        Instant last = swept;
        if (last != null && now.isBefore(last.plus(SWEEP_EVERY)) && !now.isBefore(last)) {
            return;
        }
        swept = now;
        try {
            worker.sweep(keep);
        } catch (IOException e) {
            LOG.warn("old processed files could not be deleted from the spool", e);
        }
    }

    private boolean scanOnce() {
        try {
            SpoolScanner.Scan scan = worker.scan();
            waiting = scan.files();
            lastLook = clock.instant();
            report(worker.process(scan, () -> stopped));
            sweep();
            return true;
        } catch (StoreException e) {
            LOG.error("the store failed; files stay in the spool", e);
            report(List.of("the store failed, files stay in the spool: " + e.getMessage()));
        } catch (RuntimeException e) {
            report(List.of("processing the spool failed: " + e));
            throw e;
        }
        return false;
    }

    // Every scan finds the same problems; each is logged once.
    private void report(List<String> found) {
        found.stream().filter(p -> !problems.contains(p)).forEach(p -> LOG.warn("{}", p));
        problems = List.copyOf(found);
    }

    private void processed(LoadSummary summary) {
        lastTaken = clock.instant();
        LOG.debug("processed {}", summary.file());
    }

    /// Stops after the current file and returns when that is done.
    @Override
    public void close() throws IOException {
        stopped = true;
        boolean interrupted = Thread.interrupted();
        if (task != null) {
            task.stop();
            while (!task.join(LOG_EVERY)) {
                interrupted |= Thread.interrupted();
                LOG.info("the spool's current file is still being loaded");
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        sign.close();
    }
}
