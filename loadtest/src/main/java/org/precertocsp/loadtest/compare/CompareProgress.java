package org.precertocsp.loadtest.compare;

/// Hears how a comparison goes.
public interface CompareProgress {
    /// Something long begins.
    void step(String what);

    /// @param round from 1; 0 is the warm-up
    void warmed(Pair pair, String side, WarmUp.Warmed what);

    void measured(Pair pair, int round, String side, Sample sample);
}
