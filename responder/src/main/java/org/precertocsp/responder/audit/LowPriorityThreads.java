package org.precertocsp.responder.audit;

import java.util.concurrent.ThreadFactory;
import org.precertocsp.responder.io.CLibrary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Threads for work that nothing waits for. If other threads need the processor too, such a thread
/// receives a tenth of it: after a large load, compressing and checking take seconds of processor
/// time that answers would lose.
///
/// The JVM sets thread priorities for root only, so each thread calls the kernel itself, which
/// permits any user to lower a priority. That cannot be undone: work that holds a lock that others
/// need for long does not belong here.
public final class LowPriorityThreads {
    private static final Logger LOG = LoggerFactory.getLogger(LowPriorityThreads.class);

    /// Each point reduces the weight by a factor of some 1.25.
    private static final int NICE = 10;

    private LowPriorityThreads() {}

    /// Daemon threads of that name, which have low priority from their start.
    public static ThreadFactory threads(String name) {
        ThreadFactory plain = Thread.ofPlatform().name(name).daemon().factory();
        return work ->
                plain.newThread(
                        () -> {
                            yieldToOthers();
                            work.run();
                        });
    }

    /// Lowers the priority of the calling thread. If that is not possible, it continues with its
    /// usual priority.
    public static void yieldToOthers() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            // On other systems the call would affect the whole process.
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
