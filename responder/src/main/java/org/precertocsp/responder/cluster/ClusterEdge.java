package org.precertocsp.responder.cluster;

import java.security.PrivateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.answer.AnswerLease;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;
import org.precertocsp.responder.cluster.StatusLog.AppendInDoubtException;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An edge at work: it follows the status log, reports each second and after each change how far it
/// is, and has a lease while authorities echo that. Thread-safe.
public final class ClusterEdge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterEdge.class);

    /// Changes that come within it are reported together.
    private static final Duration REPORT_PAUSE = Duration.ofMillis(10);

    private final NodeSigner signer;
    private final StatusLog reports;
    private final CurrentLease lease;
    private final RowScrub scrub;
    private final Follower follower;
    private final Semaphore changed = new Semaphore(0);
    private final Duration reportEvery;
    private final List<BackgroundTasks.Task> running = new ArrayList<>();
    private volatile boolean closed;

    /// @param status the status log; not closed by this object
    /// @param reports the log of reports; not closed by this object
    /// @param reportEvery at least so often
    /// @param scrubEvery the same on all nodes
    ClusterEdge(
            NodeSigner signer,
            RecordOpener verifier,
            ClusterRules rules,
            StatusLog status,
            StatusLog reports,
            ReplicatedStore store,
            CurrentLease lease,
            Duration reportEvery,
            Duration scrubEvery) {
        this.signer = signer;
        this.reports = reports;
        this.lease = lease;
        this.reportEvery = reportEvery;
        this.scrub = new RowScrub(signer, reports, store, scrubEvery);
        this.follower = new Follower(status, verifier, rules, store, signer.name(), new Reading());
    }

    /// Starts an edge.
    ///
    /// @param key this node's cluster key
    /// @param status the status log; not closed by this object, as the others
    /// @param reports the log of reports
    public static ClusterEdge start(
            ClusterConfig config,
            PrivateKey key,
            StatusLog status,
            StatusLog reports,
            ReplicatedStore store,
            BackgroundTasks tasks) {
        ClusterEdge edge =
                new ClusterEdge(
                        new RecordSigner(config.name(), key),
                        new RecordVerifier(config.authorityKeys(), Map.of()),
                        ClusterRules.CONTRACT,
                        status,
                        reports,
                        store,
                        CurrentLease.ofSystem(config.maxStaleness()),
                        Duration.ofSeconds(1),
                        RowScrub.EVERY);
        edge.start(tasks);
        return edge;
    }

    void start(BackgroundTasks tasks) {
        running.add(tasks.required().thread("cluster-follower", follower::round));
        running.add(tasks.thread("cluster-reports", this::report));
        running.add(tasks.thread("cluster-scrub", scrub::round));
    }

    /// Stops to take part; what its lease allows it still answers.
    @Override
    public void close() {
        closed = true;
        changed.release();
        scrub.close();
        BackgroundTasks.closeAll(running);
        follower.close();
    }

    /// This edge's right to answer from its store.
    public AnswerLease lease() {
        return lease;
    }

    /// The newest change that it answers with.
    public long applied() {
        return follower.position().sequence();
    }

    /// Blocks until it answers with everything up to a change.
    ///
    /// @return false if it does not in that time
    public boolean awaitApplied(long sequence, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (this) {
            while (applied() < sequence) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    return false;
                }
                wait(millis);
            }
        }
        return true;
    }

    /// How this edge follows the log, for metrics and alerts; a snapshot.
    public FollowerState state() {
        return follower.state();
    }

    /// How long ago this edge asked for the proof it has now that it is current; empty if it has
    /// none, also if it reads no further.
    public Optional<Duration> leaseAge() {
        return lease.age();
    }

    Follower follower() {
        return follower;
    }

    private final class Reading implements Follower.Listener {
        @Override
        public void loaded(ReaderPosition from) {
            if (from.generation() > 0) {
                // The sooner it has reported, the sooner it has a lease.
                changed.release();
            }
        }

        @Override
        public void read(ReadResult result, Opened record) {
            ClusterEdge.this.read(result);
        }

        @Override
        public boolean isDue(ReaderPosition at, ClusterRecord.Beat beat) {
            return scrub.isDue(at, beat);
        }

        @Override
        public void freeze(ReaderPosition at) {
            scrub.freeze(at);
        }
    }

    private void read(ReadResult result) {
        switch (result) {
            case ReadResult.Beaten(ReaderPosition _, ClusterRecord.Beat beat) ->
                    lease.read(signer.name(), beat);
            case ReadResult.Counted _, ReadResult.Begun _ -> {
                changed.release();
                synchronized (this) {
                    notifyAll();
                }
            }
            case ReadResult.Staged _,
                    ReadResult.Claimed _,
                    ReadResult.Ignored _,
                    ReadResult.Stopped _ -> {
                // Nothing that others wait for.
            }
        }
    }

    private Duration report() throws InterruptedException {
        if (changed.tryAcquire(reportEvery.toMillis(), TimeUnit.MILLISECONDS)) {
            changed.drainPermits();
        }
        if (closed) {
            return reportEvery;
        }
        sendReport();
        return REPORT_PAUSE;
    }

    void sendReport() throws InterruptedException {
        // Read before the nonce is sent: what is reported is what can be read here.
        ReaderPosition at = follower.position();
        ByteString nonce = lease.send();
        Report report = new Report(signer.name(), at.generation(), at.sequence(), nonce);
        try {
            reports.append(signer.sign(report));
        } catch (AppendInDoubtException e) {
            LOG.debug("a report may be lost, another one follows: {}", e.getMessage());
        }
    }

    /// Why this edge does not answer everything, for readiness; or empty.
    public Optional<String> problem() {
        return follower.problem()
                .or(
                        () ->
                                lease.isValid()
                                        ? Optional.empty()
                                        : Optional.of(
                                                "it has no lease, so it answers revoked alone"));
    }
}
