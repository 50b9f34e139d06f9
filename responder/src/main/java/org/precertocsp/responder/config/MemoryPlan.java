package org.precertocsp.responder.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.precertocsp.responder.http.HttpConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the memory of a server goes at most, derived from its limits. The Java heap has the size
/// that follows from them ([HeapLimit]), unless Java is started with `-Xmx`.
///
/// @param heap the part for Java objects: the program's own and cached answers
/// @param outside everything else; connections are in the heap, but only when they are open
public record MemoryPlan(long heap, List<Part> outside) {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryPlan.class);

    /// @param name a configuration key where there is one
    public record Part(String name, long bytes) {}

    private static final long MEBI = 1 << 20;

    /// Objects of a server without answers and connections, and of the change or file it loads.
    private static final long PROGRAM_BYTES = 48 * MEBI;

    /// New objects: as the launcher starts Java.
    private static final long YOUNG_BYTES = 48 * MEBI;

    /// The collector needs room among the old objects, or it would run all the time.
    private static final int OLD_PART_FREE = 4;

    /// Measured at some 1 KiB for a connection without data and 2.3 KiB for an idle one.
    private static final long CONNECTION_BYTES = 3 << 10;

    /// The usual request of a client, its head included.
    private static final long REQUEST_BYTES = 512;

    /// Measured: the prepared classes 70, libraries 35, compiled code and classes 50, threads 20.
    private static final long JAVA_BYTES = 175 * MEBI;

    /// RocksDB writes its memtables to disk when its log has that size.
    private static final long WRITES_BYTES = 64 * MEBI;

    /// Plans the memory of this process, logs it with what is wrong about it, and limits the heap.
    ///
    /// @param tables indexes and filters of the store, which are always in memory
    public static void keep(ServerConfig config, long tables) {
        MemoryPlan plan = ofProcess(config, tables);
        LOG.info("memory: {}", plan.text());
        plan.warnings(config).forEach(LOG::warn);
        HeapLimit.keep(plan.oldObjects());
    }

    /// For this process, with the heap that it was given, if it was given one.
    ///
    /// @param tables indexes and filters of the store, which are always in memory; 0 if not known
    public static MemoryPlan ofProcess(ServerConfig config, long tables) {
        MemoryPlan plan = of(config, tables);
        return HeapLimit.chosenMaximum()
                .map(chosen -> new MemoryPlan(chosen, plan.outside))
                .orElse(plan);
    }

    static MemoryPlan of(ServerConfig config, long tables) {
        HttpConfig http = config.http();
        long old = PROGRAM_BYTES + config.answers().cacheBytes();
        List<Part> outside = new ArrayList<>();
        outside.add(new Part("store.cache", config.store().cacheBytes()));
        if (tables > 0) {
            outside.add(new Part("filters and indexes of the store", tables));
        }
        outside.add(new Part("changes of the store not yet in tables", WRITES_BYTES));
        outside.add(new Part("http.limits.connections", http.maxConnections() * CONNECTION_BYTES));
        outside.add(new Part("http.limits.pendingBytes", http.maxPendingBytes()));
        outside.add(new Part("Java itself", JAVA_BYTES));
        return new MemoryPlan(YOUNG_BYTES + old + old / OLD_PART_FREE, List.copyOf(outside));
    }

    /// The part of the heap for old objects.
    public long oldObjects() {
        return heap - YOUNG_BYTES;
    }

    public long total() {
        return heap + outside.stream().mapToLong(Part::bytes).sum();
    }

    /// One line for people.
    public String text() {
        String parts =
                outside.stream()
                        .map(part -> part.name() + " " + size(part.bytes()))
                        .collect(Collectors.joining(", "));
        return "%s at most: Java heap %s, %s".formatted(size(total()), size(heap), parts);
    }

    /// Warnings about a plan that does not fit into this machine or container, or into the heap;
    /// empty if there are none.
    public List<String> warnings(ServerConfig config) {
        return warnings(config, Runtime.getRuntime().maxMemory(), HeapLimit.memory());
    }

    /// @param maxHeap the heap that Java may use at most, in bytes
    /// @param memory of the machine or container, in bytes
    List<String> warnings(ServerConfig config, long maxHeap, long memory) {
        List<String> warnings = new ArrayList<>();
        HttpConfig http = config.http();
        if (total() > memory) {
            warnings.add(
                    ("store.cache: warning: the server may take %s; this machine or container has"
                                    + " %s: lower store.cache, answers.cache or http.limits")
                            .formatted(text(), size(memory)));
        }
        long connections = http.maxConnections() * CONNECTION_BYTES;
        long objects = PROGRAM_BYTES + connections + config.answers().cacheBytes();
        if (objects > maxHeap / 4 * 3) {
            warnings.add(
                    ("http.limits: warning: %d connections (%s), answers.cache (%s) and the program"
                                    + " may take %s of a Java heap of %s: lower them, or give Java"
                                    + " more with PRECERT_OCSP_JAVA_OPTS=-Xmx")
                            .formatted(
                                    http.maxConnections(),
                                    size(connections),
                                    size(config.answers().cacheBytes()),
                                    size(objects),
                                    size(maxHeap)));
        }
        long share = http.maxPendingBytes() / http.maxConnections();
        if (share < REQUEST_BYTES) {
            warnings.add(
                    ("http.limits.pendingBytes: warning: %s are %d bytes for each of %d"
                                    + " connections, less than a usual request (%d bytes): a "
                                    + "client that fills them can cause requests of others that"
                                    + " arrive in pieces to be closed")
                            .formatted(
                                    size(http.maxPendingBytes()),
                                    share,
                                    http.maxConnections(),
                                    REQUEST_BYTES));
        }
        return warnings;
    }

    private static String size(long bytes) {
        return String.format(Locale.ROOT, "%d MiB", bytes >> 20);
    }
}
