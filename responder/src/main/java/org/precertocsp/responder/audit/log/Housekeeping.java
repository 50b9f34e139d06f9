package org.precertocsp.responder.audit.log;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Threads for work nobody waits for. Where a processor is wanted by others, too, such a thread has
/// a tenth of it: after a large load, compressing and checking take seconds that answers would
/// lose.
///
/// The JVM gives thread priorities to root only, so each asks the kernel itself, which lets anybody
/// have less. That is for good: what holds a lock others need for long does not belong here.
public final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    /// Each point is a weight of some 1.25 less.
    private static final int NICE = 10;

    private static final int PRIO_PROCESS = 0;
    private static final int CALLING_THREAD = 0;

    private Housekeeping() {}

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
    // The launcher grants native access.
    @SuppressWarnings("restricted")
    public static void yieldToOthers() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            // Elsewhere the call would be about the whole process.
            return;
        }
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        Linker linker = Linker.nativeLinker();
        try {
            int refused =
                    (int)
                            linker.downcallHandle(
                                            linker.defaultLookup().findOrThrow("setpriority"),
                                            FunctionDescriptor.of(number, number, number, number))
                                    .invokeExact(PRIO_PROCESS, CALLING_THREAD, NICE);
            LOG.debug("{} has nice {}: {}", Thread.currentThread().getName(), NICE, refused == 0);
        } catch (Throwable e) {
            LOG.debug("{} cannot be made nice", Thread.currentThread().getName(), e);
        }
    }
}
