package org.precertocsp.loadtest.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.precertocsp.loadtest.report.TargetResult;
import org.precertocsp.loadtest.report.TargetResult.Outcome;

/// A claim, judged by the median of its rounds.
///
/// @param target the targets table's number
/// @param bound as text
/// @param ratio the judged value
/// @param basis the quantity of the ratio
/// @param byThroughput as measured, whether server or driver was the limit
/// @param byCpu of answers per second of the server's processor time
public record TargetVerdict(
        String target,
        String text,
        String bound,
        MinMedianMax ratio,
        Basis basis,
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
        if (claim.kind() == ComparisonTarget.Kind.LATENCY) {
            return Basis.LATENCY;
        }
        boolean allSaturated =
                claim.sides().stream()
                        .allMatch(
                                side ->
                                        MinMedianMax.of(
                                                                rounds.stream()
                                                                        .map(
                                                                                round ->
                                                                                        ComparisonTarget
                                                                                                .of(
                                                                                                        round,
                                                                                                        side)
                                                                                                .serverShare())
                                                                        .toList())
                                                        .median()
                                                >= Measurement.SATURATED);
        return allSaturated ? Basis.THROUGHPUT : Basis.CPU;
    }
}
