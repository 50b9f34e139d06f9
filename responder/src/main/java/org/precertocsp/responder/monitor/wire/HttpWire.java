package org.precertocsp.responder.monitor.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// An HTTP/1.1 client on plain sockets, with one connection per exchange.
///
/// The JDK's client escapes and normalises targets and rejects fields it considers wrong; a check
/// must send exactly the intended bytes. Proxies of the environment are not used. Thread-safe.
public final class HttpWire {
    private static final int MAX_ADDRESSES = 4;

    private final WireLimits limits;
    private final InstantSource clock;
    private final SSLSocketFactory tls;
    private final boolean publicOnly;

    /// Trusts the servers that Java trusts.
    public HttpWire(WireLimits limits, InstantSource clock) {
        this(limits, clock, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /// @param tls for servers with `https` addresses, such as [WireTrust#in]
    public HttpWire(WireLimits limits, InstantSource clock, SSLSocketFactory tls) {
        this(limits, clock, tls, false);
    }

    private HttpWire(
            WireLimits limits, InstantSource clock, SSLSocketFactory tls, boolean publicOnly) {
        this.limits = limits;
        this.clock = clock;
        this.tls = tls;
        this.publicOnly = publicOnly;
    }

    /// The same for public Internet addresses only: for addresses in other people's certificates.
    public HttpWire publicOnly() {
        return new HttpWire(limits, clock, tls, true);
    }

    /// Blocks until the response is complete or the time is over.
    public Outcome send(Endpoint to, WireRequest request) {
        return send(to, request, Countdown.start(limits.exchange()));
    }

    /// Blocks until the response is complete or the time is over, which several exchanges may
    /// share.
    public Outcome send(Endpoint to, WireRequest request, Countdown left) {
        try (Socket socket = connect(to, left)) {
            socket.getOutputStream().write(encoded(to, request));
            socket.getOutputStream().flush();
            ReplyReader reader = new ReplyReader(socket, left, limits);
            return new Outcome.Replied(reader.read(request.method(), clock));
        } catch (SocketTimeoutException e) {
            return new Outcome.Failed(
                    "no complete answer within %.1f s".formatted(seconds(limits.exchange())),
                    left.spent());
        } catch (UnknownHostException e) {
            return new Outcome.Failed(
                    "the host %s is not known".formatted(to.host()), left.spent());
        } catch (IOException | IllegalArgumentException e) {
            return new Outcome.Failed(e + " at " + to.authority(), left.spent());
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private Socket connect(Endpoint to, Countdown left) throws IOException {
        List<InetAddress> addresses = Arrays.asList(InetAddress.getAllByName(to.hostName()));
        IOException last = new IOException("no address");
        for (InetAddress address : addresses.stream().limit(MAX_ADDRESSES).toList()) {
            if (publicOnly && !isPublic(address)) {
                last = new IOException("a private address, which is not connected to");
                continue;
            }
            Socket socket = new Socket();
            try {
                int wait = Math.min(left.millis(), (int) limits.connect().toMillis());
                socket.connect(new InetSocketAddress(address, to.port()), Math.max(1, wait));
                socket.setTcpNoDelay(true);
                return to.isTls() ? secured(socket, to, left) : socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw last;
    }

    /// Whether it is a public Internet address: not of this machine, its network, a private network
    /// or a reserved one (RFC 6890).
    static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (bytes.length == 4) {
            boolean shared = first == 100 && (second & 0xc0) == 64;
            boolean protocol = first == 192 && second == 0 && bytes[2] == 0;
            boolean benchmark = first == 198 && (second & 0xfe) == 18;
            return first != 0 && first < 240 && !shared && !protocol && !benchmark;
        }
        boolean uniqueLocal = (first & 0xfe) == 0xfc;
        boolean translated = first == 0 && second == 0x64; // 64:ff9b::/96, also to private IPv4
        return !uniqueLocal && !translated;
    }

    private Socket secured(Socket plain, Endpoint to, Countdown left) throws IOException {
        plain.setSoTimeout(left.millis());
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, to.hostName(), to.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] encoded(Endpoint to, WireRequest request) {
        StringBuilder head =
                new StringBuilder()
                        .append(request.method())
                        .append(' ')
                        .append(request.target())
                        .append(" HTTP/1.1\r\nHost: ")
                        .append(to.authority())
                        .append("\r\nConnection: close\r\nUser-Agent: precert-ocsp check\r\n");
        request.fields().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        int length = request.body().length();
        if (length > 0 || request.method().equals("POST") || request.method().equals("PUT")) {
            head.append("Content-Length: " + length + "\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = Arrays.copyOf(start, start.length + length);
        request.body().copyTo(all, start.length);
        return all;
    }
}
