package org.precertocsp.responder;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.precertocsp.responder.http.HttpConfig;

/// Where this machine finds its own server.
final class OwnAddress {
    private OwnAddress() {}

    /// The first address it listens at; loopback, where that is every address.
    static String of(HttpConfig config) {
        InetSocketAddress listen = config.listen().getFirst();
        InetAddress address = listen.getAddress();
        String host = listen.getHostString();
        if (address != null && address.isAnyLocalAddress()) {
            host = address instanceof Inet6Address ? "::1" : "127.0.0.1";
        }
        String written = host.contains(":") ? "[" + host + "]" : host;
        return "http://%s:%d%s".formatted(written, listen.getPort(), config.path());
    }
}
