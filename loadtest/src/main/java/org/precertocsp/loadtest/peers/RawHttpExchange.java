package org.precertocsp.loadtest.peers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// One HTTP request over a socket of its own, and the whole response.
///
/// @param head status line and fields, with the empty line after them
public record RawHttpExchange(String head, ByteString body) {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int MAX_BYTES = 1 << 20;
    private static final String END = "\r\n\r\n";

    /// Sends bytes unchanged. Blocks until the body is complete or the server closes.
    ///
    /// @throws IOException nobody listens, or the answer is not HTTP
    public static RawHttpExchange with(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request);
            return read(socket.getInputStream());
        }
    }

    private static RawHttpExchange read(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[16_384];
        for (int n = in.read(buffer); n >= 0 && all.size() < MAX_BYTES; n = in.read(buffer)) {
            all.write(buffer, 0, n);
            Optional<RawHttpExchange> done = complete(all.toByteArray());
            if (done.isPresent()) {
                return done.get();
            }
        }
        throw new IOException("the connection ended after %d bytes".formatted(all.size()));
    }

    private static Optional<RawHttpExchange> complete(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf(END);
        if (end < 0) {
            return Optional.empty();
        }
        RawHttpExchange head =
                new RawHttpExchange(text.substring(0, end + END.length()), ByteString.of());
        int start = end + END.length();
        int length = Integer.parseInt(head.field("Content-Length").orElse("0"));
        return bytes.length < start + length
                ? Optional.empty()
                : Optional.of(
                        new RawHttpExchange(head.head(), ByteString.of(bytes, start, length)));
    }

    public boolean isOk() {
        return head.startsWith("HTTP/1.1 200 ") || head.startsWith("HTTP/1.0 200 ");
    }

    /// A field's value; the case of its name does not matter.
    public Optional<String> field(String name) {
        String wanted = name.toLowerCase(Locale.ROOT) + ":";
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(wanted))
                .map(line -> line.substring(wanted.length()).strip())
                .findFirst();
    }

    /// Length of head and body in bytes.
    public int length() {
        return head.length() + body.length();
    }
}
