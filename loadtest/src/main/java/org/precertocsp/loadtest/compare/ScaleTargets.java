package org.precertocsp.loadtest.compare;

import java.util.ArrayList;
import java.util.List;
import org.precertocsp.loadtest.corpus.SyntheticSerials;
import org.precertocsp.loadtest.report.TargetResult;

/// The lines of the targets table that this measurement can judge.
final class ScaleTargets {
    private static final long AS_WANTED = 10_000_000;
    private static final double DISK_PER_STATUS = SyntheticSerials.BYTES + 8;
    private static final double RECORDS_PER_SECOND = 1e6;
    private static final double CRL_SECONDS = 3.0;
    private static final double REVOCATION_SECONDS = 5.0;
    private static final double POPULAR_RATIO = 0.9;
    private static final double START_SECONDS = 1.0;
    private static final double RESIDENT_MEGABYTES = 500;
    private static final double MEGABYTE = 1e6;
    private static final double MILLIS = 1_000;

    private ScaleTargets() {}

    /// Judges the largest number of serials; named with it if that is not the table's.
    static List<TargetResult> of(List<ScaleStep> steps) {
        ScaleStep first = steps.getFirst();
        ScaleStep last = steps.getLast();
        String at =
                last.serials() == AS_WANTED ? "" : " (at %,d serials)".formatted(last.serials());
        List<TargetResult> targets = new ArrayList<>(ofLoading(last, at));
        if (steps.size() > 1) {
            targets.add(
                    TargetResult.atLeast(
                            "11",
                            "throughput, Zipf 1.0, against that at %,d%s"
                                    .formatted(first.serials(), at),
                            POPULAR_RATIO,
                            last.requests().zipf().capacity()
                                    / first.requests().zipf().capacity()));
        }
        targets.add(
                TargetResult.atMost(
                        "12",
                        "start to first answer, s" + at,
                        START_SECONDS,
                        last.startUp().toMillis() / MILLIS));
        targets.add(
                TargetResult.atMost(
                        "12",
                        "resident memory after the requests, MB" + at,
                        RESIDENT_MEGABYTES,
                        last.residentAfter() / MEGABYTE));
        return targets;
    }

    private static List<TargetResult> ofLoading(ScaleStep last, String at) {
        return List.of(
                TargetResult.atLeast(
                        "8",
                        "CSV records loaded per second, the command's start included" + at,
                        RECORDS_PER_SECOND,
                        last.load().perSecond()),
                TargetResult.atMost(
                        "8",
                        "CRL of %,d entries verified and loaded, s"
                                .formatted(last.crlLoad().records()),
                        CRL_SECONDS,
                        last.crlLoad().time().toMillis() / MILLIS),
                TargetResult.atMost(
                        "9",
                        "disk per status, bytes (serial + 8)" + at,
                        DISK_PER_STATUS,
                        last.diskPerSerial()),
                revocation(last.revocation(), at));
    }

    private static TargetResult revocation(MassRevocation mass, String at) {
        TargetResult line =
                TargetResult.atMost(
                        "10",
                        "%,d serials revoked while serving, acknowledged, no good afterwards, s%s"
                                .formatted(mass.revoked(), at),
                        REVOCATION_SECONDS,
                        mass.acknowledged().toMillis() / MILLIS);
        return mass.isVoid()
                ? new TargetResult(
                        line.number(),
                        line.what(),
                        line.want(),
                        line.seen(),
                        TargetResult.Outcome.VOID)
                : line;
    }
}
