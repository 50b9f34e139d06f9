package org.precertocsp.loadtest.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.precertocsp.loadtest.drive.RequestPacing;
import org.precertocsp.loadtest.peers.PeerException;

/// Work before anything is measured, until servers get no faster: a Java compiler that shares its
/// processor with the server costs more at first than the answers do. All contestants get the same
/// warm-up, also those that need none.
///
/// @param slice for one contestant; contestants take turns, since two that send requests to the
///   same server warm each other up
/// @param limit of each contestant's slices together
public record WarmUp(Duration slice, Duration limit) {
    /// This many slices are compared with as many before them. With six slices, a server with live
    /// signatures was considered warm while the compiler still took most of the processor.
    static final int WINDOW = 15;

    /// If the cost falls by more than this from window to window, the contestant is not warm.
    private static final double TOLERANCE = 0.03;

    /// The warm-up of one contestant.
    ///
    /// @param firstMicros processor time for each answer in the first slice
    /// @param lastMicros processor time for each answer in the last slice
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

    /// Blocks until every contestant is steady, or the limit. Contestants without a server need
    /// nothing.
    ///
    /// @return by the contestants' names
    public Map<String, Warmed> run(List<? extends Contestant> sides)
            throws PeerException, InterruptedException {
        Map<Contestant, List<Double>> costs = new LinkedHashMap<>();
        sides.stream()
                .filter(WarmUp::isPressed)
                .forEach(side -> costs.put(side, new ArrayList<>()));
        long slices = Math.max(1, limit.dividedBy(slice));
        Set<Contestant> steady = new HashSet<>();
        for (int i = 0; i < slices && steady.size() < costs.size(); i++) {
            for (Map.Entry<Contestant, List<Double>> side : costs.entrySet()) {
                side.getValue().add(side.getKey().measure(slice).cpuMicros());
                if (isSteady(side.getValue())) {
                    steady.add(side.getKey());
                }
            }
        }
        Map<String, Warmed> warmed = new LinkedHashMap<>();
        costs.forEach((side, each) -> warmed.put(side.name(), warmed(each, steady.contains(side))));
        return warmed;
    }

    /// At a fixed rate a server idles between answers and their cost is never steady; it was warmed
    /// up when the rate was determined.
    private static boolean isPressed(Contestant side) {
        return side instanceof ServerContestant driven
                && driven.pace() instanceof RequestPacing.Saturate;
    }

    private Warmed warmed(List<Double> costs, boolean steady) {
        return new Warmed(
                slice.multipliedBy(costs.size()), costs.getFirst(), costs.getLast(), steady);
    }

    /// The median of the last slices is hardly less than that of those before: it no longer falls.
    static boolean isSteady(List<Double> costs) {
        int last = costs.size() - WINDOW;
        if (last < WINDOW) {
            return false;
        }
        double before = MinMedianMax.of(costs.subList(last - WINDOW, last)).median();
        double now = MinMedianMax.of(costs.subList(last, costs.size())).median();
        return now >= (1 - TOLERANCE) * before;
    }
}
