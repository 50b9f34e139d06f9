package org.precertocsp.responder.audit;

import java.util.concurrent.ThreadFactory;
import org.precertocsp.responder.io.CLibrary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Threads for work nobody waits for. Where a processor is wanted by others, too, such a thread has
/// a tenth of it: after a large load, compressing and checking take seconds that answers would
/// lose.
///
/// The JVM gives thread priorities to root only, so each asks the kernel itself, which lets anybody
/// have less. That is for good: what holds a lock others need for long does not belong here.
public final class LowPriorityThreads {
    private static final Logger LOG = LoggerFactory.getLogger(LowPriorityThreads.class);

    /// Each point is a weight of some 1.25 less.
    private static final int NICE = 10;

    private LowPriorityThreads() {}

    /// Daemons of that name, which yield from their start.
    public static ThreadFactory threads(String name) {
        ThreadFactory plain = Thread.ofPlatform().name(name).daemon().factory();
        return work ->
                plain.newThread(
                        () -> {
                            yieldToOthers();
                            work.run();
                        });
    }

    /// Makes the calling thread such a one. Where it cannot be done, it goes on as any other.
    public static void yieldToOthers() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            // Elsewhere the call would be about the whole process.
            return;
        }
        String name = Thread.currentThread().getName();
        try {
            LOG.debug("{} has nice {}: {}", name, NICE, CLibrary.lowerPriorityOfThread(NICE));
        } catch (IllegalStateException e) {
            LOG.debug("{} cannot be made nice", name, e);
        }
    }
}
