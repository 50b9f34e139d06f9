package org.precertocsp.responder.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// The OCSP endpoint and its limits. A request beyond a limit is rejected or its connection closed;
/// nothing stalls.
///
/// @param listen addresses to bind
/// @param path prefix of GET and POST targets, such as `/` or `/ocsp`
/// @param maxRequestLineBytes longer ones get 414
/// @param maxHeaderBytes more get 431
/// @param maxBodyBytes more get 413
/// @param maxHeaderFields more get 431
/// @param maxPendingBytes of memory for incomplete requests, input that waits and replies not read,
///   over all connections; above it the newest large ones are closed
/// @param maxConnections open at once; beyond, silent ones are closed to accept new ones
/// @param maxConnectionsPerAddress of one IPv4 address or one IPv6 network of 64 bits; likewise
/// @param trustedProxies addresses without that limit
/// @param maxInFlight requests being answered at once; others get tryLater. In addition, a quarter
///   as many whose answers serve a single request
/// @param headerTimeout from the first byte of a request to the end of its headers and body
/// @param idleTimeout between requests on one connection
/// @param drain how long answers in progress may take after SIGTERM
public record HttpConfig(
        List<InetSocketAddress> listen,
        String path,
        int maxRequestLineBytes,
        int maxHeaderBytes,
        int maxBodyBytes,
        int maxHeaderFields,
        long maxPendingBytes,
        int maxConnections,
        int maxConnectionsPerAddress,
        List<AddressRange> trustedProxies,
        int maxInFlight,
        Duration headerTimeout,
        Duration idleTimeout,
        Duration drain) {
    public HttpConfig {
        listen = List.copyOf(listen);
        trustedProxies = List.copyOf(trustedProxies);
    }
}
