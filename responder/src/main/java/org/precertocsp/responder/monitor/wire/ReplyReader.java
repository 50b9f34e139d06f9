package org.precertocsp.responder.monitor.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.precertocsp.ocsp.Octets;

/// Reads one HTTP response (RFC 9112) within limits. All reads together keep one time limit: a peer
/// that sends a byte now and then gets no more time than one that sends nothing.
final class ReplyReader {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)(?: .*)?");
    private static final int MAX_INTERIM = 10;

    private final Socket socket;
    private final InputStream in;
    private final Countdown left;
    private final WireLimits limits;
    private int headBytes;

    ReplyReader(Socket socket, Countdown left, WireLimits limits) throws IOException {
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

    WireReply read(String method, InstantSource clock) throws IOException {
        int status = status();
        Map<String, List<String>> fields = fields();
        for (int interim = 0; status < 200 && interim < MAX_INTERIM; interim++) {
            status = status();
            fields = fields();
        }
        boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
        Octets body = bodiless ? Octets.of() : body(fields);
        return new WireReply(status, fields, body, left.spent(), clock.instant());
    }

    private int status() throws IOException {
        String line = line();
        Matcher matcher = STATUS.matcher(line);
        if (!matcher.matches()) {
            throw new IOException(
                    line.isEmpty() ? "the connection ended without an answer" : "no HTTP response");
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

    private Octets body(Map<String, List<String>> fields) throws IOException {
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
        return Octets.of(body.toByteArray());
    }

    private Octets chunked() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line().replaceFirst(";.*", "").strip();
            long length = number(size, 16);
            if (length == 0) {
                return Octets.of(body.toByteArray());
            }
            copy(length, body);
            line();
        }
    }

    private void copy(long length, ByteArrayOutputStream body) throws IOException {
        for (long i = 0; i < length; i++) {
            int next = readByte();
            if (next < 0) {
                throw new IOException("the body ended after %d of %d bytes".formatted(i, length));
            }
            put(next, body);
        }
    }

    private void put(int next, ByteArrayOutputStream body) throws IOException {
        if (body.size() >= limits.maxBodyBytes()) {
            throw new IOException("a body of more than %d bytes".formatted(limits.maxBodyBytes()));
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
