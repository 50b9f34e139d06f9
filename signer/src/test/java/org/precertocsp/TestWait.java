package org.precertocsp;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;
import org.awaitility.pollinterval.IterativePollInterval;

/// How tests wait for what another thread or process does: for a condition, never for a time.
public final class TestWait {
    /// Far more than anything takes here; only a failing test waits so long.
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofMillis(20);

    private TestWait() {}

    /// Returns as soon as the condition holds.
    public static void await(Callable<Boolean> condition) {
        await("condition", condition);
    }

    /// @param what is awaited, for the message of a test that fails
    public static void await(String what, Callable<Boolean> condition) {
        settings(what).until(condition);
    }

    /// Returns as soon as the assertion passes. A test that fails shows how it failed the last
    /// time.
    public static void awaitAsserted(ThrowingRunnable assertion) {
        settings("assertion").untilAsserted(assertion);
    }

    /// What is awaited for long is often the work of another process: polling must not slow it
    /// down.
    private static Duration longer(Duration pause) {
        Duration next = pause.multipliedBy(3).dividedBy(2);
        return next.compareTo(LONGEST) < 0 ? next : LONGEST;
    }

    private static ConditionFactory settings(String what) {
        return Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(IterativePollInterval.iterative(TestWait::longer, SHORTEST))
                .atMost(LIMIT);
    }
}
