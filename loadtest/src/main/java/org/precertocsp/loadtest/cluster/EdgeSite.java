package org.precertocsp.loadtest.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/// The edges of one site, which share its link. Each of them fetches what is in the log, and asks
/// for more when that has come; so what comes into the log meanwhile waits, up to a round trip.
final class EdgeSite {
    /// Of a fetch: the client's limit for a partition.
    private static final double FETCH_BYTES = 1 << 20;

    /// Of a round trip, the part by which one way varies.
    private static final double VARYING = 0.1;

    /// What became of one edge.
    static final class Edge {
        private final double[] applied;
        private final double busy;

        private Edge(double[] applied, double busy) {
            this.applied = applied;
            this.busy = busy;
        }

        /// When each record was applied, in seconds. Must not be modified.
        double[] applied() {
            return applied;
        }

        /// Of the time, the share in which its thread works.
        double busy() {
            return busy;
        }
    }

    private final ClusterPlan plan;
    private final StatusRecords records;
    private final int site;
    private final Random random;

    EdgeSite(ClusterPlan plan, StatusRecords records, int site, Random random) {
        this.plan = plan;
        this.records = records;
        this.site = site;
        this.random = random;
    }

    private final class Reader {
        private final double[] applied = new double[records.size()];
        private final FifoQueue link = new FifoQueue();
        private final FifoQueue thread = new FifoQueue();
        private int next;
        private double asked;
    }

    /// @param edges how many of them, from the first
    /// @param cutFrom in seconds; during the cut nothing reaches them
    /// @param cutTo the same number if there is none
    List<Edge> run(int edges, double cutFrom, double cutTo) {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < edges; i++) {
            readers.add(new Reader());
        }
        FifoQueue link = new FifoQueue();
        // Fetches in the order in which they are answered: the link of the site serves in order.
        PriorityQueue<Fetch> open = new PriorityQueue<>(Comparator.comparingDouble(Fetch::at));
        readers.forEach(reader -> await(reader, cutFrom, cutTo, open));
        while (!open.isEmpty()) {
            Fetch answered = open.remove();
            fetch(answered.reader(), answered.at(), link);
            await(answered.reader(), cutFrom, cutTo, open);
        }
        return readers.stream()
                .map(
                        reader ->
                                new Edge(
                                        reader.applied,
                                        records.size() == 0
                                                ? 0
                                                : reader.thread.busy()
                                                        / records.inLog()[records.size() - 1]))
                .toList();
    }

    private record Fetch(double at, Reader reader) {}

    private void await(Reader reader, double cutFrom, double cutTo, PriorityQueue<Fetch> open) {
        if (reader.next < records.size()) {
            double at = Math.max(reader.asked, records.inLog()[reader.next]);
            open.add(new Fetch(at >= cutFrom && at < cutTo ? cutTo : at, reader));
        }
    }

    private void fetch(Reader reader, double at, FifoQueue siteLink) {
        int from = reader.next;
        int to = from;
        double bytes = 0;
        long changes = 0;
        while (to < records.size()
                && records.inLog()[to] <= at
                && (to == from || bytes + records.bytes(to, plan.costs()) <= FETCH_BYTES)) {
            bytes += records.bytes(to, plan.costs());
            changes += records.changes()[to];
            to++;
        }
        double sent = siteLink.serve(at, bytes / plan.siteBytesPerSecond(site));
        double received = reader.link.serve(sent, bytes / plan.edgeBytesPerSecond());
        double way = plan.siteMillis().get(site) / 2e3;
        double there = received + way * (1 + VARYING * -Math.log(1 - random.nextDouble()));
        double applied =
                reader.thread.serve(
                        there, StatusRecords.applying(plan.costs(), to - from, changes));
        for (int i = from; i < to; i++) {
            reader.applied[i] = applied;
        }
        reader.next = to;
        reader.asked = there + way;
    }
}
