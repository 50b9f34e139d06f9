package org.precertocsp.responder.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// The OCSP endpoint and its limits; reaching one is answered or closes the connection, never
/// stalls.
///
/// @param listen addresses to bind
/// @param path prefix of GET and POST targets, such as `/` or `/ocsp`
/// @param maxRequestLineBytes longer ones get 414
/// @param maxHeaderBytes more get 431
/// @param maxBodyBytes more get 413
/// @param maxConnections open at once; others are closed as they come
/// @param maxInFlight requests being answered at once; others get tryLater. Beside them, a quarter
///   as many whose answers are good for one request alone
/// @param headerTimeout from the first byte of a request to the end of its headers and body
/// @param idleTimeout between requests on one connection
/// @param drain how long answers in flight may take after SIGTERM
public record HttpConfig(
        List<InetSocketAddress> listen,
        String path,
        int maxRequestLineBytes,
        int maxHeaderBytes,
        int maxBodyBytes,
        int maxConnections,
        int maxInFlight,
        Duration headerTimeout,
        Duration idleTimeout,
        Duration drain) {
    public HttpConfig {
        listen = List.copyOf(listen);
    }
}
