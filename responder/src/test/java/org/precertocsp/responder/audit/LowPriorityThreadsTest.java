package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class LowPriorityThreadsTest {
    /// Field of proc_pid_stat(5), counted after the name.
    private static final int POLICY_FIELD = 38;

    /// As sched(7) numbers them.
    private static final int SCHED_OTHER = 0;

    private static final int SCHED_IDLE = 5;

    @Test
    @EnabledOnOs(
            value = OS.LINUX,
            disabledReason = "only Linux has a scheduling policy for each thread, which this reads")
    void such_a_thread_runs_only_when_idle_and_no_other_does() throws Exception {
        try (ExecutorService housekeeping =
                Executors.newSingleThreadExecutor(LowPriorityThreads.threads("tidy"))) {
            assertThat(housekeeping.submit(LowPriorityThreadsTest::policy).get())
                    .isEqualTo(SCHED_IDLE);
            assertThat(housekeeping.submit(() -> Thread.currentThread().getName()).get())
                    .isEqualTo("tidy");
            assertThat(policy()).isEqualTo(SCHED_OTHER);
        }
    }

    private static int policy() throws Exception {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Integer.parseInt(fields[POLICY_FIELD]);
    }
}
