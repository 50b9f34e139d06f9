package org.precertocsp.loadtest.compare;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.precertocsp.loadtest.drive.LoadTestResult;

/// One contestant in one round.
///
/// @param perSecond answers
/// @param cpuMicros processor time of the server, all its processes, for each answer
/// @param serverShare of its one processor that the server used
/// @param driverShare of its one processor that the driver used to send and receive
/// @param latency in microseconds from the intended send; not meaningful under saturation
/// @param failed requests without an OCSP answer
/// @param wrong number of wrong answers
public record Measurement(
        double perSecond,
        double cpuMicros,
        double serverShare,
        double driverShare,
        Latency latency,
        long completed,
        long failed,
        long wrong) {
    static final double SATURATED = 0.93;
    private static final double NANOS_PER_MICRO = 1_000;
    private static final double MICROS_PER_SECOND = 1e6;

    /// The bottleneck of a contestant.
    public enum Limit {
        SERVER,
        DRIVER,
        /// The server is measured; a faster driver would have had it answer little more.
        BOTH,
        NEITHER;

        @Override
        public String toString() {
            return switch (this) {
                case SERVER -> "server";
                case DRIVER -> "DRIVER";
                case BOTH -> "server and driver";
                case NEITHER -> "neither";
            };
        }
    }

    /// Microseconds.
    public record Latency(double p50, double p99, double p999, double max) {
        static final Latency NONE = new Latency(0, 0, 0, 0);

        static Latency of(Histogram nanos) {
            return new Latency(
                    nanos.getValueAtPercentile(50) / NANOS_PER_MICRO,
                    nanos.getValueAtPercentile(99) / NANOS_PER_MICRO,
                    nanos.getValueAtPercentile(99.9) / NANOS_PER_MICRO,
                    nanos.getMaxValue() / NANOS_PER_MICRO);
        }
    }

    /// @param serverCpu used during the run
    public static Measurement of(LoadTestResult run, Duration serverCpu) {
        double micros = serverCpu.toNanos() / NANOS_PER_MICRO;
        double measured = Math.max(1, run.measured().toNanos() / NANOS_PER_MICRO);
        long completed = run.outcome().completed();
        return new Measurement(
                run.throughput(),
                micros / Math.max(1, completed),
                micros / measured,
                run.cost().share(),
                Latency.of(run.latency()),
                completed,
                run.outcome().failed(),
                run.outcome().wrongAnswers());
    }

    /// Work without a network, such as bare signatures, on the server's processor.
    static Measurement bare(double perSecond) {
        return new Measurement(
                perSecond, MICROS_PER_SECOND / perSecond, 1, 0, Latency.NONE, 0, 0, 0);
    }

    /// The same with other answers per second, of a part of its time.
    Measurement at(double rate) {
        return new Measurement(
                rate, cpuMicros, serverShare, driverShare, latency, completed, failed, wrong);
    }

    /// The measurement with the median rate, with the failures of all.
    static Measurement median(List<Measurement> rounds) {
        List<Measurement> sorted =
                rounds.stream().sorted(Comparator.comparingDouble(Measurement::perSecond)).toList();
        return sorted.get((sorted.size() - 1) / 2).withFailuresOf(rounds);
    }

    /// The same with the numbers of answers and failures of several.
    Measurement withFailuresOf(List<Measurement> rounds) {
        return new Measurement(
                perSecond,
                cpuMicros,
                serverShare,
                driverShare,
                latency,
                rounds.stream().mapToLong(Measurement::completed).sum(),
                rounds.stream().mapToLong(Measurement::failed).sum(),
                rounds.stream().mapToLong(Measurement::wrong).sum());
    }

    /// The server's answers per second: as measured, or, if the driver was the limit, as its
    /// processor time allows.
    double rate() {
        return limit() == Limit.DRIVER ? capacity() : perSecond;
    }

    public Limit limit() {
        boolean driver = driverShare >= LoadTestResult.DriverCost.SATURATED;
        if (serverShare >= SATURATED) {
            return driver ? Limit.BOTH : Limit.SERVER;
        }
        return driver ? Limit.DRIVER : Limit.NEITHER;
    }

    /// Answers per second that this use of the processor would allow if the server had all of it.
    /// Careful: a server below full load may need more time for each answer than one at full load.
    public double capacity() {
        return cpuMicros <= 0 ? perSecond : MICROS_PER_SECOND / cpuMicros;
    }

    /// More than one request in a hundred failed, or an answer was wrong: the figures are not
    /// valid.
    public boolean isVoid() {
        return wrong > 0 || failed * 100 > completed;
    }
}
