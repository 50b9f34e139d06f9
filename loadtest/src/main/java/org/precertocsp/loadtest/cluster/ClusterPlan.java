package org.precertocsp.loadtest.cluster;

import java.time.Duration;
import java.util.List;

/// A cluster, its load, and what its parts cost.
///
/// @param serials unexpired
/// @param edges spread evenly over the sites
/// @param siteMillis the round trip between each site and the brokers
/// @param changesPerSecond serials assigned and revoked, each asked for alone
/// @param renewal how often the response of each serial is signed again
/// @param siteMegabits of the link of each site
/// @param edgeMegabits of the link of each edge
/// @param authorityMillis the round trip between authorities and brokers
/// @param measured how long the cluster is watched
/// @param cut how long an edge, and then a site, is cut off
/// @param maxStaleness *S*
public record ClusterPlan(
        long serials,
        int edges,
        List<Double> siteMillis,
        double changesPerSecond,
        Duration renewal,
        double siteMegabits,
        double edgeMegabits,
        double authorityMillis,
        Duration measured,
        Duration cut,
        Duration maxStaleness,
        Costs costs,
        long seed) {
    private static final double MEGABIT_BYTES = 1e6 / 8;

    /// What was measured of single parts.
    ///
    /// @param appendMillis until the brokers have a record safely, without the way there
    /// @param verifyMicros to check the signature of a record
    /// @param rowsPerSecond that an edge writes
    /// @param writeMicros of one write to the store, however many rows it has
    /// @param rowsPerChange that an edge keeps
    /// @param recordBytes of a record without changes
    /// @param changeBytes of a change in a record
    /// @param responseBytes of a response in its topic
    /// @param signMicros of a response, on one core
    public record Costs(
            double appendMillis,
            double verifyMicros,
            double rowsPerSecond,
            double writeMicros,
            double rowsPerChange,
            double recordBytes,
            double changeBytes,
            double responseBytes,
            double signMicros) {
        public Costs {
            positive("the rows that an edge writes per second", rowsPerSecond);
            notNegative("a cost", appendMillis, verifyMicros, writeMicros, signMicros);
            notNegative("a size", rowsPerChange, recordBytes, changeBytes, responseBytes);
        }
    }

    public ClusterPlan {
        siteMillis = List.copyOf(siteMillis);
        if (serials < 1 || serials > 100_000_000_000L) {
            throw new IllegalArgumentException("from 1 to 100,000,000,000 serials");
        }
        if (edges < 1 || edges > 10_000) {
            throw new IllegalArgumentException("from 1 to 10,000 edges");
        }
        if (siteMillis.isEmpty() || siteMillis.size() > edges) {
            throw new IllegalArgumentException("at least one site, and an edge in each");
        }
        for (double millis : siteMillis) {
            notNegative("a round trip", millis);
        }
        notNegative("a round trip", authorityMillis);
        positive("the changes per second", changesPerSecond);
        positive("a link", siteMegabits, edgeMegabits);
        positive("the renewal", (double) renewal.toSeconds());
        if (measured.toSeconds() < 1 || cut.toSeconds() < 1) {
            throw new IllegalArgumentException("at least a second to watch, and to be cut off");
        }
        if (changesPerSecond * (measured.toSeconds() + 2.0 * cut.toSeconds()) > 5e7) {
            throw new IllegalArgumentException("more than 50,000,000 changes to simulate");
        }
    }

    private static void positive(String what, double... values) {
        for (double value : values) {
            if (!(value > 0 && Double.isFinite(value))) {
                throw new IllegalArgumentException(what + " must be more than 0");
            }
        }
    }

    private static void notNegative(String what, double... values) {
        for (double value : values) {
            if (!(value >= 0 && Double.isFinite(value))) {
                throw new IllegalArgumentException(what + " must not be negative");
            }
        }
    }

    int sites() {
        return siteMillis.size();
    }

    int site(int edge) {
        return edge % sites();
    }

    /// The number of edges there.
    int edgesAt(int site) {
        return edges / sites() + (site < edges % sites() ? 1 : 0);
    }

    public double signaturesPerSecond() {
        return serials / (double) renewal.toSeconds();
    }

    /// Of responses, to each edge.
    double responseBytesPerSecond() {
        return signaturesPerSecond() * costs.responseBytes();
    }

    /// What the status log has of the links of one edge.
    double edgeBytesPerSecond() {
        return edgeMegabits * MEGABIT_BYTES - responseBytesPerSecond();
    }

    /// As [#edgeBytesPerSecond], of the link of a site.
    double siteBytesPerSecond(int site) {
        return siteMegabits * MEGABIT_BYTES - edgesAt(site) * responseBytesPerSecond();
    }
}
