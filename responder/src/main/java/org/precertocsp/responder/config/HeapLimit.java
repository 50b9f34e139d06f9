package org.precertocsp.responder.config;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.util.Optional;
import java.util.Set;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the Java heap at the planned size.
///
/// The serial collector looks for garbage among old objects only when the maximum of the heap is
/// reached, by default a quarter of the machine's memory; and old objects become garbage all the
/// time, since every answer that leaves the cache is one. The maximum cannot be changed once Java
/// runs, and must be larger than the usual need anyway: loading a large file takes more for a
/// while. So the collector is called when old objects exceed their planned size; afterwards it
/// returns the memory to the system. If they are still in use then, the limit grows with them.
///
/// Does nothing where the operator chose: with a maximum of the heap, or another collector.
public final class HeapLimit {
    private static final Logger LOG = LoggerFactory.getLogger(HeapLimit.class);

    /// Of the serial collector.
    private static final String OLD_OBJECTS = "Tenured Gen";

    private static final Set<String> MAXIMUM = Set.of("MaxHeapSize", "MaxRAMPercentage", "MaxRAM");

    private HeapLimit() {}

    /// Installed for the life of the process. The first call counts: with a listener for each
    /// server of a process, all of them would call the collector, one after the other.
    ///
    /// @param bytes for old objects
    public static synchronized void keep(long bytes) {
        if (chosenMaximum().isPresent()) {
            return;
        }
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getName().equals(OLD_OBJECTS) && pool.getUsageThreshold() == 0) {
                pool.setUsageThreshold(Math.min(bytes, pool.getUsage().getMax()));
                ((NotificationEmitter) ManagementFactory.getMemoryMXBean())
                        .addNotificationListener(new Exceeded(pool, bytes), null, null);
            }
        }
    }

    /// The maximum of the heap that Java was started with; empty if Java chose it.
    public static Optional<Long> chosenMaximum() {
        HotSpotDiagnosticMXBean machine =
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        boolean chosen =
                MAXIMUM.stream()
                        .map(it -> machine.getVMOption(it).getOrigin())
                        .anyMatch(
                                it ->
                                        it != VMOption.Origin.DEFAULT
                                                && it != VMOption.Origin.ERGONOMIC);
        return chosen ? Optional.of(Runtime.getRuntime().maxMemory()) : Optional.empty();
    }

    /// Memory of this machine, or of the container (control group) if that has less, in bytes.
    public static long memory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                .getTotalMemorySize();
    }

    /// @param bytes planned for the pool
    private record Exceeded(MemoryPoolMXBean pool, long bytes) implements NotificationListener {
        @Override
        public void handleNotification(Notification notification, Object handback) {
            if (!notification.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED)) {
                return;
            }
            System.gc();
            long used = pool.getUsage().getUsed();
            long limit = Math.max(bytes, used + used / 4);
            LOG.debug("{} MiB of old objects are in use, limit {} MiB", used >> 20, limit >> 20);
            pool.setUsageThreshold(Math.min(limit, pool.getUsage().getMax()));
        }
    }
}
