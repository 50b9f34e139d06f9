package org.precertocsp.loadtest.compare;

/// Hears how a comparison goes.
public interface CompareProgress {
    /// Something long begins.
    void step(String what);

    void warmed(Pair pair, String side, WarmUp.Warmed what);

    /// @param round from 1
    void measured(Pair pair, int round, String side, Sample sample);
}
