package org.precertocsp.responder.unassigned;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.task.BackgroundTasks;

/// What watching costs an event loop: nanoseconds and octets of garbage for each request, 16-octet
/// serials of which no two are the same, at a given rate (the worst there is: a scan). Run by hand,
/// with the rate a second; without a rate it goes as fast as it can and the ring overflows. Does
/// not measure what the counting thread takes from other threads' processors, but prints it.
final class UnassignedMeasurement {
    private static final IssuerKey ISSUER = TestCa.root("CA").certificate().key();
    private static final int BATCH = 1_000;

    private UnassignedMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        long rate = arguments.length > 0 ? Long.parseLong(arguments[0]) : Long.MAX_VALUE;
        Path folder = Files.createTempDirectory("unassigned");
        byte[] serials = new byte[1 << 20];
        new Random(1).nextBytes(serials);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (UnassignedMonitor monitor =
                UnassignedMonitor.start(
                        BackgroundTasks.logged(),
                        new UnassignedConfig(folder, Duration.ofDays(1), 10, 1_000_000),
                        Map.of(ISSUER, "one"),
                        incident -> {},
                        InstantSource.system())) {
            for (int round = 0; round < 5; round++) {
                long garbage = threads.getCurrentThreadAllocatedBytes();
                long start = System.nanoTime();
                long spent = 0;
                long asked = 0;
                while (System.nanoTime() - start < 3_000_000_000L) {
                    long begin = System.nanoTime();
                    for (int i = 0; i < BATCH; i++) {
                        int at = (int) (asked++ * 13 & (serials.length - 32));
                        monitor.asked(ISSUER, serials, at, 16);
                    }
                    spent += System.nanoTime() - begin;
                    while (asked / ((System.nanoTime() - start) / 1e9) > rate) {
                        Thread.sleep(1);
                    }
                }
                System.out.printf(
                        "%.1f ns and %.3f octets a request, %d requests, counted in all %s%n",
                        (double) spent / asked,
                        (double) (threads.getCurrentThreadAllocatedBytes() - garbage) / asked,
                        asked,
                        monitor.counts());
            }
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().equals("unassigned")) {
                    System.out.printf(
                            "counting took %.2f s of 15 s%n",
                            threads.getThreadCpuTime(thread.threadId()) / 1e9);
                }
            }
        }
    }
}
