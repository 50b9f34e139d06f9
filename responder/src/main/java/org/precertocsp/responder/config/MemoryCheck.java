package org.precertocsp.responder.config;

import java.util.ArrayList;
import java.util.List;
import org.precertocsp.responder.http.HttpConfig;

/// Compares the memory that the limits allow to use with the Java heap.
public final class MemoryCheck {
    /// Measured at some 1 KiB for a connection without data and 2.3 KiB for an idle one.
    private static final long CONNECTION_BYTES = 3 << 10;

    /// The usual request of a client, its head included.
    private static final long REQUEST_BYTES = 512;

    private MemoryCheck() {}

    /// Warnings about limits that an attacker could use to exhaust the heap; empty if there are
    /// none.
    ///
    /// @param heap the maximum size of the Java heap, in bytes
    public static List<String> warnings(ServerConfig config, long heap) {
        List<String> warnings = new ArrayList<>();
        HttpConfig http = config.http();
        long connections = http.maxConnections() * CONNECTION_BYTES;
        long all = connections + http.maxPendingBytes() + config.answers().cacheBytes();
        if (all > heap / 4 * 3) {
            warnings.add(
                    ("http.limits: warning: %d connections (%s), pendingBytes (%s) and"
                                    + " answers.cache (%s) may take %s of a Java heap of %s: lower them, or"
                                    + " give Java more with PRECERT_OCSP_JAVA_OPTS=-Xmx")
                            .formatted(
                                    http.maxConnections(),
                                    size(connections),
                                    size(http.maxPendingBytes()),
                                    size(config.answers().cacheBytes()),
                                    size(all),
                                    size(heap)));
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
        return (bytes >> 20) + " MiB";
    }
}
