package org.precertocsp.responder.metrics.unassigned;

import java.util.Arrays;
import java.util.Optional;

/// Detects an unusual number of requests for one issuer, minute by minute. No clock and no I/O. Not
/// thread-safe.
///
/// The usual number is an exponential moving average: requests of a day ago count half. Minutes of
/// a surge count only up to the limit of the usual, so a flood does not become usual; a number that
/// stays high for days does.
final class SurgeDetector {
    static final int WINDOW_MINUTES = 10;

    /// Before this the usual number is unknown.
    static final int LEARNING_MINUTES = 60;

    private static final double FORGETTING = 1 - Math.pow(0.5, 1.0 / (24 * 60));

    /// The format on disk.
    ///
    /// @param minutes processed so far
    record Kept(double perMinute, long minutes) {}

    /// @param requests in the last ten minutes
    /// @param usual requests in ten minutes
    record Found(long requests, double usual) {}

    private final int factor;
    private final int least;
    private final long[] window = new long[WINDOW_MINUTES];
    private double perMinute;
    private long minutes;

    SurgeDetector(int factor, int least, Kept kept) {
        this.factor = factor;
        this.least = least;
        this.perMinute = kept.perMinute();
        this.minutes = kept.minutes();
    }

    /// @param requests of the last minute
    Optional<Found> minute(long requests) {
        boolean learning = minutes < LEARNING_MINUTES;
        window[(int) (minutes % WINDOW_MINUTES)] = requests;
        long recent = Arrays.stream(window).sum();
        double usual = perMinute * WINDOW_MINUTES;
        boolean surges = !learning && recent >= least && recent > factor * usual;

        double bound = Math.max((double) least / WINDOW_MINUTES, factor * perMinute);
        double counted = learning ? (double) requests : Math.min((double) requests, bound);
        minutes++;
        perMinute += Math.max(FORGETTING, 1.0 / minutes) * (counted - perMinute);
        return surges ? Optional.of(new Found(recent, usual)) : Optional.empty();
    }

    Kept kept() {
        return new Kept(perMinute, minutes);
    }
}
