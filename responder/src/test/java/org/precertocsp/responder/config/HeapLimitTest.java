package org.precertocsp.responder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.precertocsp.TestJvm;

/// In Java processes of their own, since the limit is one of the process.
final class HeapLimitTest {
    private static final long LIMIT = 64L << 20;

    @Test
    void garbage_among_old_objects_never_grows_far_beyond_the_limit() throws Exception {
        // More is added before the collector has been called.
        assertThat(mostOldObjects("", 8)).isBetween(LIMIT / 2, 2 * LIMIT);
    }

    @Test
    void without_the_limit_garbage_fills_the_heap() throws Exception {
        assertThat(mostOldObjects("-Xmx512m", 8)).isGreaterThan(3 * LIMIT);
    }

    @Test
    void objects_in_use_may_exceed_the_limit() throws Exception {
        long used = 128L << 20;

        assertThat(mostOldObjects("", used >> 20)).isBetween(used, 2 * used);
    }

    @Test
    void many_servers_in_one_process_do_not_multiply_collections() throws Exception {
        long ofOne = churn("", 8, 1).collections();

        assertThat(ofOne).isPositive();
        assertThat(churn("", 8, 50).collections()).isLessThanOrEqualTo(2 * ofOne + 2);
    }

    private static long mostOldObjects(String option, long inUse) throws Exception {
        return churn(option, inUse, 1).mostOldObjects();
    }

    private record Churned(long mostOldObjects, long collections) {}

    /// @param option a maximum of the heap chosen by the operator, or empty
    /// @param inUse mebibytes
    /// @param servers that keep the limit
    private static Churned churn(String option, long inUse, int servers) throws Exception {
        Process churn =
                TestJvm.with(
                                Stream.of("-Xms16m", "-Xmn8m", option)
                                        .filter(it -> !it.isEmpty())
                                        .toList(),
                                Churn.class,
                                Long.toString(inUse),
                                Integer.toString(servers))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String printed = new String(churn.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(churn.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(churn.exitValue()).isZero();
        List<String> lines = printed.lines().toList().reversed();
        return new Churned(Long.parseLong(lines.get(1)), Long.parseLong(lines.get(0)));
    }

    /// Keeps some arrays, always replacing the oldest: each grows old before it is garbage.
    static final class Churn {
        private static final int ARRAY = 1 << 16;
        private static final long ALL = 1L << 30;

        private Churn() {}

        public static void main(String[] arguments) throws InterruptedException {
            for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
                HeapLimit.keep(LIMIT);
            }
            long kept = (Long.parseLong(arguments[0]) << 20) / ARRAY;
            Queue<byte[]> arrays = new ArrayDeque<>();
            for (long i = 0; i < ALL / ARRAY; i++) {
                arrays.add(new byte[ARRAY]);
                if (arrays.size() > kept) {
                    arrays.remove();
                }
                if (i % 16 == 0) {
                    Thread.sleep(1);
                }
            }
            System.out.println(mostOldObjects());
            System.out.println(collections());
        }

        private static long mostOldObjects() {
            return ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(it -> it.getName().equals("Tenured Gen"))
                    .mapToLong(it -> it.getPeakUsage().getUsed())
                    .sum();
        }

        private static long collections() {
            return ManagementFactory.getGarbageCollectorMXBeans().stream()
                    .filter(it -> it.getName().equals("MarkSweepCompact"))
                    .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                    .sum();
        }
    }
}
