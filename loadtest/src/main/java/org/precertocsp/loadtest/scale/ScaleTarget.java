package org.precertocsp.loadtest.scale;

import java.util.ArrayList;
import java.util.List;
import org.precertocsp.loadtest.corpus.SyntheticSerials;

/// A line of the targets table that this measurement can judge.
///
/// @param target its number
/// @param want in words
/// @param seen in words
public record ScaleTarget(String target, String text, String want, String seen, boolean met) {
    private static final long AS_WANTED = 10_000_000;
    private static final double DISK_PER_STATUS = SyntheticSerials.OCTETS + 8;
    private static final double RECORDS_PER_SECOND = 1e6;
    private static final double POPULAR_RATIO = 0.9;
    private static final double START_SECONDS = 1.0;
    private static final double RESIDENT = 500e6;
    private static final double MILLIS = 1_000;

    /// Of the largest number of serials; named with it if that is not the table's.
    static List<ScaleTarget> of(List<ScaleStep> steps) {
        ScaleStep first = steps.getFirst();
        ScaleStep last = steps.getLast();
        String at =
                last.serials() == AS_WANTED ? "" : " (at %,d serials)".formatted(last.serials());
        List<ScaleTarget> targets = new ArrayList<>();
        targets.add(
                atLeast(
                        "8",
                        "CSV records loaded per second, the command's start included" + at,
                        RECORDS_PER_SECOND,
                        last.load().perSecond()));
        targets.add(
                atMost(
                        "9",
                        "disk per status, octets (serial + 8)" + at,
                        DISK_PER_STATUS,
                        last.diskPerSerial()));
        if (steps.size() > 1) {
            targets.add(
                    atLeast(
                            "11",
                            "throughput, Zipf 1.0, against that at %,d%s"
                                    .formatted(first.serials(), at),
                            POPULAR_RATIO,
                            last.requests().zipf().capacity()
                                    / first.requests().zipf().capacity()));
        }
        targets.add(
                atMost(
                        "12",
                        "start to first answer, s" + at,
                        START_SECONDS,
                        last.startUp().toMillis() / MILLIS));
        targets.add(
                atMost(
                        "12",
                        "resident memory after the requests, octets" + at,
                        RESIDENT,
                        (double) last.residentAfter()));
        return targets;
    }

    private static ScaleTarget atLeast(String target, String text, double want, double seen) {
        return new ScaleTarget(target, text, "≥ " + number(want), number(seen), seen >= want);
    }

    private static ScaleTarget atMost(String target, String text, double want, double seen) {
        return new ScaleTarget(target, text, "≤ " + number(want), number(seen), seen <= want);
    }

    private static String number(double value) {
        return value < 100 ? "%.2f".formatted(value) : "%,.0f".formatted(value);
    }
}
