package org.precertocsp.responder.audit;

import java.util.concurrent.ThreadFactory;
import org.precertocsp.responder.io.CLibrary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Threads for work that nothing waits for. They run only while no other thread needs the
/// processor: after a large load, compressing and checking take a minute of processor time that
/// answers would lose.
///
/// The scheduling policy is SCHED_IDLE, which is preempted as soon as another thread wakes up. A
/// high nice value is not enough: its thread keeps the processor to the end of its slice of some
/// milliseconds, and an answer that passes between threads waits for that several times. With one
/// processor for the server, nice 10 took three quarters of it.
///
/// The JVM sets thread priorities for root only, so each thread calls the kernel itself, which
/// permits this to any user. Work that holds a lock that others need does not belong here.
public final class LowPriorityThreads {
    private static final Logger LOG = LoggerFactory.getLogger(LowPriorityThreads.class);

    private LowPriorityThreads() {}

    /// Daemon threads of that name, which have the lowest priority from their start.
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
            LOG.debug("{} runs only when idle: {}", name, CLibrary.runThreadOnlyWhenIdle());
        } catch (IllegalStateException e) {
            LOG.debug("{} cannot be made to run only when idle", name, e);
        }
    }
}
