package org.precertocsp.loadtest.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.loadtest.corpus.SyntheticSerials;
import org.precertocsp.loadtest.report.TargetResult;

/// The lines of the targets table that this measurement can judge.
final class ScaleTargets {
    private static final long AS_WANTED = 10_000_000;
    private static final long HUNDRED_MILLION = 100_000_000;
    private static final double STORED_RATIO = 0.5;
    private static final double ZIPF_RATIO = 0.9;
    private static final double ZIPF_RATIO_AT_MOST_SERIALS = 0.8;
    private static final double CSV_PER_SECOND = 1e6;
    private static final double INDEX_PER_SECOND = 700_000;
    private static final double CRL_SECONDS = 3;
    private static final double ACKNOWLEDGED_SECONDS = 5;
    private static final double RESIGNED_SECONDS = 60;
    private static final double START_SECONDS = 1.5;
    private static final double RESIDENT_MEGABYTES = 500;
    private static final double DISK_PER_STATUS = SyntheticSerials.BYTES + 8;
    private static final double DISK_PER_RESPONSE = SyntheticSerials.BYTES + 100;
    private static final double MOST_LOAD_SECONDS = 150;
    private static final double MOST_START_SECONDS = 2;
    private static final double MOST_STORED_RATIO = 0.8;
    private static final double MOST_RESIDENT_MEGABYTES = 1_500;
    private static final double MEGABYTE = 1e6;
    private static final double MILLIS = 1_000;

    private final ScaleStep step;
    private final String at;
    private final List<TargetResult> lines = new ArrayList<>();

    /// @param named false: the line's number of serials is the table's
    private ScaleTargets(ScaleStep step, boolean named) {
        this.step = step;
        this.at = named ? " (at %,d serials)".formatted(step.serials()) : "";
    }

    /// Judges ten million serials, or the largest number below; named with it if that is not the
    /// table's. A hundred million have lines of their own.
    static List<TargetResult> of(List<ScaleStep> steps) {
        List<TargetResult> all = new ArrayList<>();
        steps.stream()
                .filter(step -> step.serials() <= AS_WANTED)
                .reduce((_, last) -> last)
                .ifPresent(
                        step -> {
                            ScaleTargets targets =
                                    new ScaleTargets(step, step.serials() != AS_WANTED);
                            targets.judge();
                            all.addAll(targets.lines);
                        });
        steps.stream()
                .filter(step -> step.serials() > AS_WANTED)
                .reduce((_, last) -> last)
                .ifPresent(
                        step -> {
                            ScaleTargets targets = new ScaleTargets(step, true);
                            targets.judgeLarge();
                            all.addAll(targets.lines);
                        });
        return all;
    }

    private void judge() {
        ScaleStep.Requests requests = step.requests();
        stored("3", "stored answers, each serial once, / cached", STORED_RATIO);
        zipf(ZIPF_RATIO);
        lines.add(
                TargetResult.atLeast(
                        "7",
                        "CSV records loaded per second, the command's start included" + at,
                        CSV_PER_SECOND,
                        step.loads().csv().perSecond()));
        Optional.ofNullable(step.loads().index())
                .ifPresent(
                        load ->
                                lines.add(
                                        TargetResult.atLeast(
                                                "7",
                                                "index.txt lines loaded per second, the command's"
                                                        + " start included"
                                                        + at,
                                                INDEX_PER_SECOND,
                                                load.perSecond())));
        lines.add(
                TargetResult.atMost(
                        "8",
                        "CRL of %,d entries verified and loaded, the command's start included, s"
                                .formatted(step.loads().crl().records()),
                        CRL_SECONDS,
                        step.loads().crl().time().toMillis() / MILLIS));
        revocation();
        lines.add(
                TargetResult.atMost(
                        "11",
                        "start to first answer, two processors, s" + at,
                        START_SECONDS,
                        step.start().twoProcessors().toMillis() / MILLIS));
        lines.add(
                TargetResult.atMost(
                                "12",
                                "resident memory after requests of every kind, MB" + at,
                                RESIDENT_MEGABYTES,
                                step.resident().most() / MEGABYTE)
                        .voidIf(requests.live().isVoid() || requests.stored().isVoid()));
        lines.add(
                TargetResult.atMost(
                        "13",
                        "disk per status, bytes (serial + 8)" + at,
                        DISK_PER_STATUS,
                        step.diskPerSerial()));
        lines.add(
                TargetResult.atMost(
                        "13",
                        "disk per stored P-256 response, bytes (serial + 100)" + at,
                        DISK_PER_RESPONSE,
                        step.diskPerResponse()));
    }

    private void judgeLarge() {
        zipf(ZIPF_RATIO_AT_MOST_SERIALS);
        lines.add(
                TargetResult.atMost(
                        "14",
                        "CSV loaded, s" + at,
                        MOST_LOAD_SECONDS * step.serials() / HUNDRED_MILLION,
                        step.loads().csv().time().toMillis() / MILLIS));
        lines.add(
                TargetResult.atMost(
                        "14",
                        "start to first answer, two processors, s" + at,
                        MOST_START_SECONDS,
                        step.start().twoProcessors().toMillis() / MILLIS));
        MinMedianMax stored = step.requests().ratios().storedToMillion();
        if (stored != null) {
            lines.add(
                    TargetResult.atLeast(
                                    "14",
                                    "stored answers, each serial once, / those at 1,000,000" + at,
                                    MOST_STORED_RATIO,
                                    stored.median())
                            .with("%,.0f/s".formatted(step.requests().stored().perSecond()))
                            .voidIf(step.requests().stored().isVoid()));
        }
        lines.add(
                TargetResult.atMost(
                        "14",
                        "resident memory after requests of every kind, MB" + at,
                        MOST_RESIDENT_MEGABYTES,
                        step.resident().most() / MEGABYTE));
    }

    private void stored(String number, String what, double want) {
        ScaleStep.Requests requests = step.requests();
        lines.add(
                TargetResult.atLeast(
                                number,
                                what + at,
                                want,
                                requests.ratios().storedToCached().median())
                        .with(
                                "%,.0f/s : %,.0f/s"
                                        .formatted(
                                                requests.stored().rate(), requests.cached().rate()))
                        .voidIf(requests.stored().isVoid() || requests.cached().isVoid()));
    }

    private void zipf(double want) {
        MinMedianMax ratio = step.requests().ratios().zipfToFirst();
        if (ratio == null) {
            return;
        }
        Measurement zipf = step.requests().zipf();
        lines.add(
                TargetResult.atLeast(
                                "6",
                                "Zipf 1.0, all signed ahead, / the same at the first size" + at,
                                want,
                                ratio.median())
                        .with("%,.0f/s".formatted(zipf.rate()))
                        .voidIf(zipf.isVoid()));
    }

    private void revocation() {
        MassRevocation mass = step.revocation();
        lines.add(
                TargetResult.atMost(
                                "9",
                                "%,d serials revoked while serving: acknowledged, never good afterwards, s%s"
                                        .formatted(mass.revoked(), at),
                                ACKNOWLEDGED_SECONDS,
                                mass.acknowledged().toMillis() / MILLIS)
                        .voidIf(mass.isVoid()));
        lines.add(
                TargetResult.atMost(
                                "9",
                                "%,d serials revoked while serving: all signed again, s%s"
                                        .formatted(mass.revoked(), at),
                                RESIGNED_SECONDS,
                                mass.resigned().toMillis() / MILLIS)
                        .voidIf(mass.isVoid()));
    }
}
