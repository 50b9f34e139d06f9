package org.precertocsp.loadtest.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/// What a cluster would do. Times are in seconds, bandwidths in bytes per second.
///
/// @param requested the mean time from a request to durability
/// @param sites of each site, how long changes take from durable to applied
/// @param applied the same, of all edges
/// @param effective from durable to reported by all edges
/// @param statusBytes of the status log, to each edge
/// @param responseBytes of signed responses, to each edge
/// @param takeover from the death of the authority to the first durable change of the next one
public record ClusterForecast(
        ClusterPlan plan,
        double requested,
        List<Histogram> sites,
        Histogram applied,
        Histogram effective,
        double statusBytes,
        double responseBytes,
        double edgeBusy,
        CatchUp edgeCut,
        CatchUp siteCut,
        Histogram takeover) {
    /// Edges report a change that comes within it together with the one before.
    private static final double REPORT_PAUSE = 0.010;

    /// As the responder has it: authorities beat, and a silent one is replaced.
    private static final double BEAT = 1;

    private static final double SILENCE = 10;
    private static final int TAKEOVERS = 10_000;

    /// A change that is so old when it is applied shows that an edge is behind.
    private static final double BEHIND = 1;

    private static final int POINTS = 400;

    /// An edge, or all of a site, after it was cut off.
    ///
    /// @param changes that it missed
    /// @param seconds from the end of the cut until it applies changes as they come
    /// @param responseSeconds until it has the responses that it missed, too
    /// @param times in seconds since the cut began, and how old the newest change was that the edge
    ///   had applied then
    public record CatchUp(
            long changes,
            double seconds,
            double responseSeconds,
            List<Double> times,
            List<Double> lags) {}

    /// @param step hears what is computed next
    /// @throws DoesNotFitException a link or a thread has more to do than it can
    public static ClusterForecast of(ClusterPlan plan, Consumer<String> step)
            throws DoesNotFitException {
        refuseWhatDoesNotFit(plan);
        Random random = new Random(plan.seed());
        double seconds = plan.measured().toSeconds();
        StatusRecords records = StatusRecords.of(plan, seconds, random);
        refuseBusyEdge(plan, records);
        Histogram all = histogram();
        List<Histogram> bySite = new ArrayList<>();
        double[] reported = new double[records.size()];
        double busy = 0;
        for (int site = 0; site < plan.sites(); site++) {
            step.accept("propagation to site " + (site + 1));
            Histogram ofSite = histogram();
            double way = plan.siteMillis().get(site) / 2e3;
            EdgeSite edges = new EdgeSite(plan, records, site, random);
            for (EdgeSite.Edge edge : edges.run(plan.edgesAt(site), 0, 0)) {
                busy = Math.max(busy, edge.busy());
                record(records, edge, ofSite);
                report(plan, edge, way, reported, random);
            }
            all.add(ofSite);
            bySite.add(ofSite);
        }
        Histogram effective = histogram();
        for (int i = 0; i < records.size(); i++) {
            effective.recordValueWithCount(
                    micros(reported[i] - records.durable()[i]), records.changes()[i]);
        }
        step.accept("an edge cut off for " + plan.cut());
        CatchUp edgeCut = cut(plan, 1, random);
        step.accept("a site cut off for " + plan.cut());
        CatchUp siteCut = cut(plan, plan.edgesAt(0), random);
        return new ClusterForecast(
                plan,
                records.waited(),
                bySite,
                all,
                effective,
                records.totalBytes(plan.costs()) / seconds,
                plan.responseBytesPerSecond(),
                busy,
                edgeCut,
                siteCut,
                takeovers(plan, random));
    }

    /// A link or a thread has more to do than it can.
    public static final class DoesNotFitException extends Exception {
        private static final long serialVersionUID = 1L;

        DoesNotFitException(String message) {
            super(message);
        }
    }

    private static void refuseWhatDoesNotFit(ClusterPlan plan) throws DoesNotFitException {
        // Every change in a record of its own, at worst.
        double status =
                Math.min(plan.changesPerSecond(), 1e3 / Math.max(1e-3, plan.authorityMillis()))
                                * plan.costs().recordBytes()
                        + plan.changesPerSecond() * plan.costs().changeBytes();
        if (plan.edgeBytesPerSecond() <= status) {
            throw new DoesNotFitException(
                    "the link of an edge is too slow: responses and status need %.1f Mbit/s"
                            .formatted((status + plan.responseBytesPerSecond()) * 8 / 1e6));
        }
        for (int site = 0; site < plan.sites(); site++) {
            double needs = plan.edgesAt(site) * status;
            if (plan.siteBytesPerSecond(site) <= needs) {
                throw new DoesNotFitException(
                        "the link of site %d is too slow: its %d edges need %.1f Mbit/s"
                                .formatted(
                                        site + 1,
                                        plan.edgesAt(site),
                                        (needs + plan.edgesAt(site) * plan.responseBytesPerSecond())
                                                * 8
                                                / 1e6));
            }
        }
    }

    private static void refuseBusyEdge(ClusterPlan plan, StatusRecords records)
            throws DoesNotFitException {
        // Records that come together are written together, so writes may get fewer.
        double work =
                records.size() * plan.costs().verifyMicros() / 1e6
                        + plan.changesPerSecond()
                                * plan.measured().toSeconds()
                                * plan.costs().rowsPerChange()
                                / plan.costs().rowsPerSecond();
        if (work >= plan.measured().toSeconds()) {
            throw new DoesNotFitException(
                    "an edge has more to apply than it can: %.1f s of work in each second"
                            .formatted(work / plan.measured().toSeconds()));
        }
    }

    /// Of microseconds, up to a day.
    private static Histogram histogram() {
        return new Histogram(Duration.ofDays(1).toMillis() * 1_000, 3);
    }

    private static long micros(double seconds) {
        return Math.max(0, Math.round(seconds * 1e6));
    }

    private static void record(StatusRecords records, EdgeSite.Edge edge, Histogram to) {
        for (int i = 0; i < records.size(); i++) {
            // An edge near the brokers may have it before the authority has read it back.
            to.recordValueWithCount(
                    micros(edge.applied()[i] - records.durable()[i]), records.changes()[i]);
        }
    }

    /// When the authority has read the report of each record, if it is the last of all edges'.
    private static void report(
            ClusterPlan plan, EdgeSite.Edge edge, double way, double[] reported, Random random) {
        double sent = Double.NEGATIVE_INFINITY;
        double read = 0;
        double lastRead = 0;
        for (int i = 0; i < edge.applied().length; i++) {
            if (edge.applied()[i] > sent) {
                sent = Math.max(edge.applied()[i], sent + REPORT_PAUSE);
                double append = plan.costs().appendMillis() / 1e3;
                // The authority's fetch waits up to a round trip of its own.
                double fetch = plan.authorityMillis() / 1e3 * (0.5 + random.nextDouble());
                read = Math.max(lastRead, sent + way + append + fetch);
                lastRead = read;
            }
            reported[i] = Math.max(reported[i], read);
        }
    }

    private static CatchUp cut(ClusterPlan plan, int edges, Random random) {
        double from = 60;
        double to = from + plan.cut().toSeconds();
        double end = to + Math.max(120, plan.cut().toSeconds() / 4.0);
        StatusRecords records = StatusRecords.of(plan, end, random);
        List<EdgeSite.Edge> cutOff = new EdgeSite(plan, records, 0, random).run(edges, from, to);
        double caughtUp = to;
        long missed = 0;
        for (EdgeSite.Edge edge : cutOff) {
            for (int i = 0; i < records.size(); i++) {
                if (records.inLog()[i] >= from && edge.applied()[i] - records.inLog()[i] > BEHIND) {
                    caughtUp = Math.max(caughtUp, edge.applied()[i]);
                }
            }
        }
        for (int i = 0; i < records.size(); i++) {
            missed +=
                    records.inLog()[i] >= from && records.inLog()[i] < to
                            ? records.changes()[i]
                            : 0;
        }
        double[] applied = cutOff.getLast().applied();
        List<Double> times = new ArrayList<>();
        List<Double> lags = new ArrayList<>();
        double shown = caughtUp + (to - from) / 20;
        int newest = -1;
        for (int point = 0; point <= POINTS; point++) {
            double at = from + (shown - from) * point / POINTS;
            while (newest + 1 < applied.length && applied[newest + 1] <= at) {
                newest++;
            }
            times.add(at - from);
            lags.add(newest < 0 ? at : at - records.inLog()[newest]);
        }
        double missedResponses = plan.responseBytesPerSecond() * (to - from);
        double spare = Math.min(plan.edgeBytesPerSecond(), plan.siteBytesPerSecond(0) / edges);
        return new CatchUp(missed, caughtUp - to, missedResponses / spare, times, lags);
    }

    /// The holder is killed at any moment. The other authority claims when it has read a beat of
    /// its own that it sent ten seconds after it last heard of the holder.
    private static Histogram takeovers(ClusterPlan plan, Random random) {
        Histogram times = histogram();
        double roundTrip = (plan.authorityMillis() + plan.costs().appendMillis()) / 1e3;
        for (int i = 0; i < TAKEOVERS; i++) {
            double heard = -random.nextDouble() * BEAT + roundTrip;
            double phase = random.nextDouble() * BEAT;
            double ownBeat = heard + SILENCE;
            // Its beats are at phase, phase + 1, and so on.
            ownBeat = phase + Math.ceil((ownBeat - phase) / BEAT) * BEAT;
            double claims = phase + Math.ceil((ownBeat + roundTrip - phase) / BEAT) * BEAT;
            double active = claims + roundTrip;
            times.recordValue(micros(active + roundTrip));
        }
        return times;
    }
}
