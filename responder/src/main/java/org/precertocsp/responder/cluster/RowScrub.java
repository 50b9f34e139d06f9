package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.RowDigests;
import org.precertocsp.responder.cluster.StatusLog.AppendInDoubtException;
import org.precertocsp.responder.status.FrozenRows;
import org.precertocsp.responder.status.FrozenRows.IssuerDigest;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads all status rows of a node once a period, slowly, and reports digests of them, so that
/// authorities find rows that differ (K7).
///
/// All nodes must digest their rows at the same change without talking to each other. The log tells
/// them when: at the first beat of a period by the authority that holds the epoch. Every node reads
/// that beat at the same place, freezes its rows there, and has a day for the reading.
///
/// [#isDue] and [#freeze] are called by the thread of the follower, [#round] by its own.
final class RowScrub {
    /// How often rows are read.
    static final Duration EVERY = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(RowScrub.class);

    /// A few percent of a core: 500 million rows take an hour and a half.
    private static final long ROWS_PER_SECOND = 100_000;

    private static final long NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final int TRIES = 5;

    private final NodeSigner signer;
    private final StatusLog reports;
    private final ReplicatedStore store;
    private final Duration every;
    private final ArrayBlockingQueue<Frozen> frozen = new ArrayBlockingQueue<>(1);
    private volatile boolean closed;

    // Of the follower.
    private long period = -1;

    private record Frozen(ReaderPosition at, FrozenRows rows) {}

    /// @param reports where digests are reported; not closed by this object
    /// @param every the same on all nodes
    RowScrub(NodeSigner signer, StatusLog reports, ReplicatedStore store, Duration every) {
        this.signer = signer;
        this.reports = reports;
        this.store = store;
        this.every = every;
    }

    /// Whether the rows are to be read as they are at this beat.
    boolean isDue(ReaderPosition at, Beat beat) {
        if (at.holder().filter(beat.writer()::equals).isEmpty()) {
            return false;
        }
        long now = beat.time().toEpochMilli() / every.toMillis();
        boolean begins = period >= 0 && now != period;
        period = now;
        return begins && at.sequence() > 0;
    }

    /// Freezes the rows, which are those at this position, unless earlier ones still wait.
    void freeze(ReaderPosition at) {
        FrozenRows rows;
        try {
            rows = store.freeze();
        } catch (StoreException e) {
            LOG.warn("rows are not compared with those of other nodes this time", e);
            return;
        }
        if (!frozen.offer(new Frozen(at, rows))) {
            rows.close();
            LOG.info("rows are still read from the last time, so not again at {}", at.sequence());
        }
    }

    /// Reads what was frozen, or waits for it.
    Duration round() throws InterruptedException {
        @Nullable Frozen next = frozen.poll(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
            return Duration.ZERO;
        }
        long begin = System.nanoTime();
        List<IssuerDigest> digests;
        try (FrozenRows rows = next.rows()) {
            digests = rows.digests(new Pace(begin)::keep);
        } catch (StoreException e) {
            if (closed) {
                return WAIT;
            }
            throw e;
        }
        LOG.info(
                "{} rows at change {} were read in {} s",
                digests.stream().mapToLong(IssuerDigest::rows).sum(),
                next.at().sequence(),
                Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        report(
                new RowDigests(
                        signer.name(),
                        next.at().generation(),
                        next.at().sequence(),
                        atMost(digests, ClusterRecord.MAX_DIGESTS)));
        return Duration.ZERO;
    }

    private void report(RowDigests digests) throws InterruptedException {
        ByteString signed = signer.sign(digests);
        for (int attempt = 1; attempt <= TRIES && !closed; attempt++) {
            try {
                reports.append(signed);
                return;
            } catch (AppendInDoubtException e) {
                LOG.info("digests of rows may not have been reported: {}", e.getMessage());
            }
        }
    }

    /// Issuers beyond the limit are digested together.
    static List<IssuerDigest> atMost(List<IssuerDigest> digests, int most) {
        if (digests.size() <= most) {
            return digests;
        }
        List<IssuerDigest> all = new ArrayList<>(digests.subList(0, most - 1));
        List<IssuerDigest> rest = digests.subList(most - 1, digests.size());
        byte[] hashes = new byte[rest.size() * ClusterRecord.DIGEST_BYTES];
        for (int i = 0; i < rest.size(); i++) {
            rest.get(i).sha256().copyTo(hashes, i * ClusterRecord.DIGEST_BYTES);
        }
        all.add(
                new IssuerDigest(
                        rest.getFirst().issuer(),
                        rest.stream().mapToLong(IssuerDigest::rows).sum(),
                        HashAlgorithm.SHA256.hash(ByteString.of(hashes))));
        return all;
    }

    /// Ends a reading in progress.
    void close() {
        closed = true;
        Optional.ofNullable(frozen.poll()).ifPresent(it -> it.rows().close());
    }

    private final class Pace {
        private final long begin;
        private long read;

        Pace(long begin) {
            this.begin = begin;
        }

        void keep(long rows) {
            read += rows;
            long early = read * (NANOS / ROWS_PER_SECOND) - (System.nanoTime() - begin);
            while (early > 0 && !closed) {
                LockSupport.parkNanos(Math.min(early, WAIT.toNanos()));
                early = read * (NANOS / ROWS_PER_SECOND) - (System.nanoTime() - begin);
            }
            if (closed) {
                throw new StoreException("the node stops", null);
            }
        }
    }
}
