package org.precertocsp.loadtest.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.precertocsp.loadtest.drive.Pace;
import org.precertocsp.loadtest.peers.PeerFailed;

/// Work before anything is measured, until servers have the speed they keep: a Java compiler that
/// shares its processor with the server costs more at first than the answers do. All sides get the
/// same, also those that need none.
///
/// @param slice of one side; sides take turns, since two that ask the same server warm each other
/// @param limit of each side's slices together
public record WarmUp(Duration slice, Duration limit) {
    /// So many slices one after the other must be alike.
    private static final int ALIKE = 3;

    private static final double TOLERANCE = 0.03;

    /// What became of one side.
    ///
    /// @param firstMicros processor time for each answer in the first slice
    /// @param lastMicros and in the last
    /// @param steady false: the limit came first
    public record Warmed(Duration time, double firstMicros, double lastMicros, boolean steady) {
        @Override
        public String toString() {
            return "%.1f s, %.2f → %.2f µs CPU each%s"
                    .formatted(
                            time.toMillis() / 1000.0,
                            firstMicros,
                            lastMicros,
                            steady ? "" : ", NOT STEADY");
        }
    }

    /// Blocks until every side is steady, or the limit. Sides without a server need nothing.
    ///
    /// @return by the sides' names
    public Map<String, Warmed> run(List<? extends Side> sides)
            throws PeerFailed, InterruptedException {
        Map<Side, List<Double>> costs = new LinkedHashMap<>();
        sides.stream()
                .filter(WarmUp::isPressed)
                .forEach(side -> costs.put(side, new ArrayList<>()));
        long slices = Math.max(1, limit.dividedBy(slice));
        for (int i = 0; i < slices && !costs.values().stream().allMatch(WarmUp::isSteady); i++) {
            for (Map.Entry<Side, List<Double>> side : costs.entrySet()) {
                side.getValue().add(side.getKey().measure(slice).cpuMicros());
            }
        }
        Map<String, Warmed> warmed = new LinkedHashMap<>();
        costs.forEach((side, each) -> warmed.put(side.name(), warmed(each)));
        return warmed;
    }

    /// At a fixed pace a server rests between answers and their cost is never steady; whoever chose
    /// the pace has warmed it up to do so.
    private static boolean isPressed(Side side) {
        return side instanceof DrivenSide driven && driven.pace() instanceof Pace.Saturate;
    }

    private Warmed warmed(List<Double> costs) {
        return new Warmed(
                slice.multipliedBy(costs.size()),
                costs.getFirst(),
                costs.getLast(),
                isSteady(costs));
    }

    /// The last slices differ by no more than a few in a hundred.
    static boolean isSteady(List<Double> costs) {
        if (costs.size() < ALIKE) {
            return false;
        }
        Spread last = Spread.of(costs.subList(costs.size() - ALIKE, costs.size()));
        return last.max() - last.min() <= TOLERANCE * last.median();
    }
}
