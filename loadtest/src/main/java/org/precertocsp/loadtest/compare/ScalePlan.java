package org.precertocsp.loadtest.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// @param ours directory of the precert-ocsp distribution; absent: the one beside this program
/// @param work directory for corpora, stores and logs; some 400 bytes for each serial
/// @param sizes numbers of serials, measured one after the other
/// @param warmUp before the measurements of each size
/// @param rounds in which kinds of requests take turns
/// @param measured duration for each kind of request in each round
public record ScalePlan(
        Optional<Path> ours,
        Path work,
        List<Long> sizes,
        int connections,
        WarmUp warmUp,
        int rounds,
        Duration measured) {
    private static final long[] LADDER = {10_000, 1_000_000, 10_000_000, 100_000_000};

    public ScalePlan {
        if (sizes.isEmpty() || sizes.getFirst() < 1) {
            throw new IllegalArgumentException("at least one serial is needed");
        }
        sizes = List.copyOf(sizes);
    }

    /// 10 thousand, 1, 10 and 100 million as far as they are below the largest, and the largest.
    public static List<Long> sizes(long largest) {
        return LongStream.concat(
                        LongStream.of(LADDER).filter(size -> size < largest),
                        LongStream.of(largest))
                .boxed()
                .toList();
    }
}
