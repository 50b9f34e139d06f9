package org.precertocsp.responder.monitor;

import java.time.Duration;

/// Limits of one exchange.
///
/// @param connect for each address of the host
/// @param exchange from the first attempt to connect until the last byte; name resolution has the
///   system's own limit
/// @param maxHeadBytes status line and fields together
/// @param maxBodyBytes far above any OCSP response, post-quantum ones included
public record RawHttpLimits(
        Duration connect, Duration exchange, int maxHeadBytes, int maxBodyBytes) {
    /// @param exchange longer than the 10 s that a responder may take (TF-17), so that slow ones
    ///   are timed
    public static RawHttpLimits within(Duration exchange) {
        Duration connect = Duration.ofSeconds(5);
        return new RawHttpLimits(
                exchange.compareTo(connect) < 0 ? exchange : connect, exchange, 1 << 16, 1 << 20);
    }
}
