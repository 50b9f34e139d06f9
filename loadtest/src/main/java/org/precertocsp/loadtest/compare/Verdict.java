package org.precertocsp.loadtest.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.precertocsp.loadtest.report.TargetLine;
import org.precertocsp.loadtest.report.TargetLine.Outcome;

/// A claim, judged by the median of its rounds.
///
/// @param target the targets table's number
/// @param bound in words
/// @param ratio what is judged
/// @param basis what the ratio is of
/// @param byThroughput as measured, whether server or driver was the limit
/// @param byCpu of answers per second of the server's processor time
public record Verdict(
        String target,
        String text,
        String bound,
        Spread ratio,
        Basis basis,
        Spread byThroughput,
        Spread byCpu,
        Outcome outcome) {
    /// How the ratio came about.
    public enum Basis {
        /// Every server was busy all the time: what it answered is what it can.
        THROUGHPUT,
        /// A server had time left, since the driver could not press it harder: its processor time
        /// for each answer is compared.
        CPU,
        LATENCY
    }

    TargetLine line() {
        return new TargetLine(
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

    static Verdict of(Claim claim, List<Map<String, Sample>> rounds) {
        Spread byThroughput = spread(claim, rounds, Sample::perSecond);
        Spread byCpu = spread(claim, rounds, Sample::capacity);
        Basis basis = basis(claim, rounds);
        Spread ratio = basis == Basis.CPU ? byCpu : byThroughput;
        boolean isVoid =
                rounds.stream()
                        .flatMap(round -> claim.sides().stream().map(side -> Claim.of(round, side)))
                        .anyMatch(Sample::isVoid);
        Outcome outcome =
                isVoid
                        ? Outcome.VOID
                        : claim.bound().holds(ratio.median()) ? Outcome.MET : Outcome.MISSED;
        return new Verdict(
                claim.target(),
                claim.text(),
                claim.bound().toString(),
                ratio,
                basis,
                byThroughput,
                byCpu,
                outcome);
    }

    private static Spread spread(
            Claim claim, List<Map<String, Sample>> rounds, ToDoubleFunction<Sample> rate) {
        return Spread.of(rounds.stream().map(round -> claim.formula().ratio(round, rate)).toList());
    }

    private static Basis basis(Claim claim, List<Map<String, Sample>> rounds) {
        if (claim.kind() == Claim.Kind.LATENCY) {
            return Basis.LATENCY;
        }
        boolean allSaturated =
                claim.sides().stream()
                        .allMatch(
                                side ->
                                        Spread.of(
                                                                rounds.stream()
                                                                        .map(
                                                                                round ->
                                                                                        Claim.of(
                                                                                                        round,
                                                                                                        side)
                                                                                                .serverShare())
                                                                        .toList())
                                                        .median()
                                                >= Sample.SATURATED);
        return allSaturated ? Basis.THROUGHPUT : Basis.CPU;
    }
}
