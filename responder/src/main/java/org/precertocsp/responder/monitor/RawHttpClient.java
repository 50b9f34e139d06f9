package org.precertocsp.responder.monitor;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.precertocsp.der.ByteString;

/// An HTTP/1.1 client on plain sockets, with one connection per exchange.
///
/// The JDK's client escapes and normalises targets and rejects fields it considers wrong; a check
/// must send exactly the intended bytes. Proxies of the environment are not used. Thread-safe.
public final class RawHttpClient {
    private static final int MAX_ADDRESSES = 4;

    private final RawHttpLimits limits;
    private final InstantSource clock;
    private final SSLSocketFactory tls;
    private final boolean publicOnly;

    /// @param tls for servers with `https` addresses, such as [HttpsTrust#in]
    public RawHttpClient(RawHttpLimits limits, InstantSource clock, SSLSocketFactory tls) {
        this(limits, clock, tls, false);
    }

    private RawHttpClient(
            RawHttpLimits limits, InstantSource clock, SSLSocketFactory tls, boolean publicOnly) {
        this.limits = limits;
        this.clock = clock;
        this.tls = tls;
        this.publicOnly = publicOnly;
    }

    /// The same for public Internet addresses only: for addresses in other people's certificates.
    public RawHttpClient publicOnly() {
        return new RawHttpClient(limits, clock, tls, true);
    }

    /// Blocks until the response is complete or the time is over.
    public HttpOutcome send(ResponderUrl to, RawHttpRequest request) {
        return send(to, request, TimeLimit.start(limits.exchange()));
    }

    /// Blocks until the response is complete or the time is over, which several exchanges may
    /// share.
    public HttpOutcome send(ResponderUrl to, RawHttpRequest request, TimeLimit left) {
        try (Socket socket = connect(to, left)) {
            socket.getOutputStream().write(encoded(to, request));
            socket.getOutputStream().flush();
            RawHttpResponseReader reader = new RawHttpResponseReader(socket, left, limits);
            return new HttpOutcome.Replied(reader.read(request.method(), clock));
        } catch (SocketTimeoutException e) {
            return new HttpOutcome.Failed(
                    "no complete answer within %.1f s".formatted(seconds(limits.exchange())),
                    left.spent());
        } catch (UnknownHostException e) {
            return new HttpOutcome.Failed(
                    "the host %s is not known".formatted(to.host()), left.spent());
        } catch (IOException | IllegalArgumentException e) {
            return new HttpOutcome.Failed(e + " at " + to.authority(), left.spent());
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private Socket connect(ResponderUrl to, TimeLimit left) throws IOException {
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

    private Socket secured(Socket plain, ResponderUrl to, TimeLimit left) throws IOException {
        plain.setSoTimeout(left.millis());
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, to.hostName(), to.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] encoded(ResponderUrl to, RawHttpRequest request) {
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

    /// Reads one HTTP response (RFC 9112) within limits. All reads together keep one time limit: a
    /// peer that sends a byte now and then gets no more time than one that sends nothing.
    static final class RawHttpResponseReader {
        private static final Pattern STATUS =
                Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)(?: .*)?");
        private static final int MAX_INTERIM = 10;

        private final Socket socket;
        private final InputStream in;
        private final TimeLimit left;
        private final RawHttpLimits limits;
        private int headBytes;

        RawHttpResponseReader(Socket socket, TimeLimit left, RawHttpLimits limits)
                throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.left = left;
            this.limits = limits;
        }

        /// The next byte; -1 at the end.
        private int readByte() throws IOException {
            socket.setSoTimeout(left.millis());
            return in.read();
        }

        RawHttpResponse read(String method, InstantSource clock) throws IOException {
            int status = status();
            Map<String, List<String>> fields = fields();
            for (int interim = 0; status < 200 && interim < MAX_INTERIM; interim++) {
                status = status();
                fields = fields();
            }
            boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
            ByteString body = bodiless ? ByteString.of() : body(fields);
            return new RawHttpResponse(status, fields, body, left.spent(), clock.instant());
        }

        private int status() throws IOException {
            String line = line();
            Matcher matcher = STATUS.matcher(line);
            if (!matcher.matches()) {
                throw new IOException(
                        line.isEmpty()
                                ? "the connection ended without an answer"
                                : "no HTTP response");
            }
            return Integer.parseInt(matcher.group(1));
        }

        private Map<String, List<String>> fields() throws IOException {
            Map<String, List<String>> fields = new HashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                if (colon < 1) {
                    throw new IOException("an HTTP field line without a name");
                }
                fields.computeIfAbsent(
                                line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                                _ -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
            }
            return fields;
        }

        /// One line without its end; empty also at the end of the input.
        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = readByte(); next >= 0 && next != '\n'; next = readByte()) {
                if (++headBytes > limits.maxHeadBytes()) {
                    throw new IOException(
                            "an HTTP head of more than %d bytes".formatted(limits.maxHeadBytes()));
                }
                line.append((char) next);
            }
            int length = line.length();
            boolean carriage = length > 0 && line.charAt(length - 1) == '\r';
            return carriage ? line.substring(0, length - 1) : line.toString();
        }

        private ByteString body(Map<String, List<String>> fields) throws IOException {
            if (String.join(",", fields.getOrDefault("transfer-encoding", List.of()))
                    .toLowerCase(Locale.ROOT)
                    .contains("chunked")) {
                return chunked();
            }
            Optional<String> length =
                    fields.getOrDefault("content-length", List.of()).stream().findFirst();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            if (length.isPresent()) {
                copy(number(length.get(), 10), body);
            } else {
                for (int next = readByte(); next >= 0; next = readByte()) {
                    put(next, body);
                }
            }
            return ByteString.of(body.toByteArray());
        }

        private ByteString chunked() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                String size = line().replaceFirst(";.*", "").strip();
                long length = number(size, 16);
                if (length == 0) {
                    return ByteString.of(body.toByteArray());
                }
                copy(length, body);
                line();
            }
        }

        private void copy(long length, ByteArrayOutputStream body) throws IOException {
            for (long i = 0; i < length; i++) {
                int next = readByte();
                if (next < 0) {
                    throw new IOException(
                            "the body ended after %d of %d bytes".formatted(i, length));
                }
                put(next, body);
            }
        }

        private void put(int next, ByteArrayOutputStream body) throws IOException {
            if (body.size() >= limits.maxBodyBytes()) {
                throw new IOException(
                        "a body of more than %d bytes".formatted(limits.maxBodyBytes()));
            }
            body.write(next);
        }

        private static long number(String text, int radix) throws IOException {
            try {
                long number = Long.parseLong(text, radix);
                if (number >= 0) {
                    return number;
                }
            } catch (NumberFormatException _) {
                // Reported below.
            }
            throw new IOException("an HTTP length of '%s'".formatted(text));
        }
    }
}
