package org.precertocsp.responder.unassigned;

import java.util.Arrays;
import java.util.Optional;

/// Tells an unusual number of requests from the usual, minute by minute, for one issuer. No clock
/// and no I/O. Not thread-safe.
///
/// The usual is a mean that forgets: what was a day ago counts half. Minutes of a surge count only
/// up to what would still have been usual, so a flood does not teach itself; what stays high for
/// days becomes the usual all the same.
final class Surge {
    static final int WINDOW_MINUTES = 10;

    /// Before this nobody knows what is usual.
    static final int LEARNING_MINUTES = 60;

    private static final double FORGETTING = 1 - Math.pow(0.5, 1.0 / (24 * 60));

    /// As kept on disk.
    ///
    /// @param minutes looked at so far
    record Kept(double perMinute, long minutes) {}

    /// @param requests in the last ten minutes
    /// @param usual requests in ten minutes
    record Found(long requests, double usual) {}

    private final int factor;
    private final int least;
    private final long[] window = new long[WINDOW_MINUTES];
    private double perMinute;
    private long minutes;

    Surge(int factor, int least, Kept kept) {
        this.factor = factor;
        this.least = least;
        this.perMinute = kept.perMinute();
        this.minutes = kept.minutes();
    }

    /// @param requests of the minute just over
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
