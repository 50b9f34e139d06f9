package org.precertocsp.responder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
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

    /// @param option a maximum of the heap chosen by the operator, or empty
    /// @param inUse mebibytes
    private static long mostOldObjects(String option, long inUse) throws Exception {
        Process churn =
                TestJvm.with(
                                Stream.of("-Xms16m", "-Xmn8m", option)
                                        .filter(it -> !it.isEmpty())
                                        .toList(),
                                Churn.class,
                                Long.toString(inUse))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String most = new String(churn.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(churn.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(churn.exitValue()).isZero();
        return Long.parseLong(most.lines().toList().getLast());
    }

    /// Keeps some arrays, always replacing the oldest: each grows old before it is garbage.
    static final class Churn {
        private static final int ARRAY = 1 << 16;
        private static final long ALL = 1L << 30;

        private Churn() {}

        public static void main(String[] arguments) throws InterruptedException {
            HeapLimit.keep(LIMIT);
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
            for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
                if (pool.getName().equals("Tenured Gen")) {
                    System.out.println(pool.getPeakUsage().getUsed());
                }
            }
        }
    }
}
