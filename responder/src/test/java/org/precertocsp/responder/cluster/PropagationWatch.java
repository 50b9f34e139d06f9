package org.precertocsp.responder.cluster;

import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.StatusLog.Tail;

/// Reads both logs of a cluster beside its nodes, and measures from when a change can be read until
/// the report of each edge that has applied it can be read. So a time contains what the report
/// itself takes: up to ten milliseconds of waiting for others, and its way through the log.
public final class PropagationWatch {
    private static final Duration WAIT = Duration.ofMillis(500);

    private final RecordVerifier verifier;
    private final StatusLog status;
    private final StatusLog reports;
    private final int edges;
    private final TreeMap<Long, Long> readable = new TreeMap<>();
    private final Map<String, Long> applied = new HashMap<>();
    private final List<Long> nanos = new ArrayList<>();

    /// @param status both logs are closed by the caller
    public PropagationWatch(
            Map<String, PublicKey> authorities,
            Map<String, PublicKey> edges,
            StatusLog status,
            StatusLog reports) {
        this.verifier = new RecordVerifier(authorities, edges);
        this.status = status;
        this.reports = reports;
        this.edges = edges.size();
    }

    /// Reads for that time, which it returns after.
    ///
    /// @return of each change, the time until the last edge has reported it, in nanoseconds
    public List<Long> watch(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        Thread changes = Thread.ofPlatform().start(() -> read(status, end));
        read(reports, end);
        changes.join();
        synchronized (this) {
            return List.copyOf(nanos);
        }
    }

    private void read(StatusLog log, long end) {
        long offset = Long.MAX_VALUE;
        while (System.nanoTime() < end) {
            try {
                Tail tail = log.tail(offset, WAIT);
                offset =
                        offset == Long.MAX_VALUE
                                ? Math.max(tail.end(), tail.records().isEmpty() ? 0 : tail.next())
                                : tail.next();
                long now = System.nanoTime();
                for (ByteString record : tail.records()) {
                    if (verifier.open(record) instanceof Opened.Genuine genuine) {
                        seen(genuine.record(), now);
                    }
                }
            } catch (LogUnavailableException _) {
                // Read on.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private synchronized void seen(ClusterRecord record, long now) {
        if (record instanceof ClusterRecord.Envelope change) {
            readable.putIfAbsent(change.sequence(), now);
        } else if (record instanceof ClusterRecord.Report report) {
            applied.merge(report.writer(), report.sequence(), Math::max);
            if (applied.size() == edges) {
                long everywhere = applied.values().stream().mapToLong(it -> it).min().orElse(0);
                Map<Long, Long> done = readable.headMap(everywhere, true);
                done.values().forEach(since -> nanos.add(now - since));
                done.clear();
            }
        }
    }
}
