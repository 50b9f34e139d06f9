package org.precertocsp.loadtest.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.precertocsp.loadtest.report.TargetResult;
import org.precertocsp.loadtest.report.TargetResult.Outcome;

/// A claim, judged by the median of its rounds.
///
/// @param target the targets table's number
/// @param bound as text
/// @param ratio the judged value
/// @param basis the quantity of the ratio
/// @param figures the contestants' absolute figures: medians of the quantity
/// @param byThroughput as measured, whether server or driver was the limit
/// @param byCpu of answers per second of the server's processor time
public record TargetVerdict(
        String target,
        String text,
        String bound,
        MinMedianMax ratio,
        Basis basis,
        String figures,
        MinMedianMax byThroughput,
        MinMedianMax byCpu,
        Outcome outcome) {
    /// The basis of a ratio.
    public enum Basis {
        /// Every server was busy all the time: the answers it sent are its maximum.
        THROUGHPUT,
        /// A server had time left, since the driver could not send fast enough: its processor time
        /// for each answer is compared.
        CPU,
        LATENCY
    }

    TargetResult line() {
        return new TargetResult(
                target,
                text,
                bound,
                "%.2f (%.2f – %.2f) of %s"
                        .formatted(
                                ratio.median(),
                                ratio.min(),
                                ratio.max(),
                                basis.name().toLowerCase(Locale.ROOT)),
                figures,
                outcome);
    }

    static TargetVerdict of(ComparisonTarget claim, List<Map<String, Measurement>> rounds) {
        MinMedianMax byThroughput = spread(claim, rounds, Measurement::perSecond);
        MinMedianMax byCpu = spread(claim, rounds, Measurement::capacity);
        Basis basis = basis(claim, rounds);
        MinMedianMax ratio = basis == Basis.CPU ? byCpu : byThroughput;
        boolean isVoid =
                rounds.stream()
                        .flatMap(
                                round ->
                                        claim.sides().stream()
                                                .map(side -> ComparisonTarget.of(round, side)))
                        .anyMatch(Measurement::isVoid);
        Outcome outcome =
                isVoid
                        ? Outcome.VOID
                        : claim.bound().holds(ratio.median()) ? Outcome.MET : Outcome.MISSED;
        return new TargetVerdict(
                claim.target(),
                claim.text(),
                claim.bound().toString(),
                ratio,
                basis,
                figures(claim, rounds, basis),
                byThroughput,
                byCpu,
                outcome);
    }

    private static MinMedianMax spread(
            ComparisonTarget claim,
            List<Map<String, Measurement>> rounds,
            ToDoubleFunction<Measurement> rate) {
        return MinMedianMax.of(
                rounds.stream().map(round -> claim.formula().ratio(round, rate)).toList());
    }

    private static Basis basis(ComparisonTarget claim, List<Map<String, Measurement>> rounds) {
        return switch (claim.kind()) {
            case LATENCY -> Basis.LATENCY;
            case THROUGHPUT -> Basis.THROUGHPUT;
            case CPU -> Basis.CPU;
            case RATE -> allSaturated(claim, rounds) ? Basis.THROUGHPUT : Basis.CPU;
        };
    }

    private static boolean allSaturated(
            ComparisonTarget claim, List<Map<String, Measurement>> rounds) {
        return claim.sides().stream()
                .allMatch(
                        side ->
                                median(rounds, side, Measurement::serverShare)
                                        >= Measurement.SATURATED);
    }

    private static double median(
            List<Map<String, Measurement>> rounds,
            String side,
            ToDoubleFunction<Measurement> figure) {
        return MinMedianMax.of(
                        rounds.stream()
                                .map(
                                        round ->
                                                figure.applyAsDouble(
                                                        ComparisonTarget.of(round, side)))
                                .toList())
                .median();
    }

    /// Of each side in the order of the claim.
    private static String figures(
            ComparisonTarget claim, List<Map<String, Measurement>> rounds, Basis basis) {
        return claim.sides().stream()
                .map(
                        side ->
                                switch (basis) {
                                    case THROUGHPUT ->
                                            "%,.0f/s"
                                                    .formatted(
                                                            median(
                                                                    rounds,
                                                                    side,
                                                                    Measurement::perSecond));
                                    case CPU ->
                                            "%.1f µs"
                                                    .formatted(
                                                            median(
                                                                    rounds,
                                                                    side,
                                                                    Measurement::cpuMicros));
                                    case LATENCY ->
                                            "%,.0f µs"
                                                    .formatted(
                                                            median(
                                                                    rounds,
                                                                    side,
                                                                    it -> it.latency().p999()));
                                })
                .collect(Collectors.joining(" : "));
    }
}
