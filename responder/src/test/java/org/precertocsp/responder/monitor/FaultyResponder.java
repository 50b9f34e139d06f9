package org.precertocsp.responder.monitor;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// An OCSP responder with one fault and otherwise none, on a port of its own. Speaks just enough
/// HTTP, octet by octet, so that no library mends what is to be wrong.
final class FaultyResponder implements AutoCloseable {
    private static final int SLOW_MILLIS = 1_500;
    static final Duration LESS_THAN_SLOW = Duration.ofSeconds(1);

    private final ResponderFault fault;
    private final FaultyAnswers answers;
    private final ServerSocket server;
    private final AtomicInteger asked = new AtomicInteger();

    FaultyResponder(ResponderFault fault, FaultyAnswers answers) {
        this.fault = fault;
        this.answers = answers;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String[] line = line(in).split(" ", -1);
            int length = 0;
            for (String field = line(in); !field.isEmpty(); field = line(in)) {
                if (field.startsWith("Content-Length: ")) {
                    length = Integer.parseInt(field.substring(16));
                }
            }
            byte[] body = in.readNBytes(length);
            int number = asked.incrementAndGet();
            if (fault == ResponderFault.SLOW_ONCE && number == 1) {
                Thread.sleep(SLOW_MILLIS);
            }
            if (isOver(number)) {
                close();
                return;
            }
            Optional<byte[]> reply = reply(line[0], line[1], body);
            if (reply.isPresent()) {
                socket.getOutputStream().write(reply.get());
                socket.getOutputStream().flush();
            }
        } catch (IOException e) {
            // The client has what it wanted, or gave up.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The plain questions are four, those to the responder as a whole come after.
    private boolean isOver(int number) {
        return switch (fault) {
            case GONE_AMID_THE_PLAIN_QUESTIONS -> number > 2;
            case GONE_AFTER_THE_PLAIN_QUESTIONS -> number > 4;
            case GONE_LATE -> number > 30;
            default -> false;
        };
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
            if (octet != '\r') {
                line.write(octet);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private Optional<byte[]> reply(String method, String target, byte[] body) {
        boolean refused =
                switch (method) {
                    case "GET" -> fault == ResponderFault.GET_REFUSED;
                    case "HEAD" ->
                            fault == ResponderFault.HEAD_REFUSED
                                    || fault == ResponderFault.GET_REFUSED;
                    case "POST" -> fault == ResponderFault.POST_REFUSED;
                    default -> true;
                };
        boolean tooLong = fault == ResponderFault.LONG_GET_REFUSED && target.length() > 255;
        if (refused || tooLong) {
            String allow =
                    fault == ResponderFault.NO_ALLOW_WITH_405 ? "" : "Allow: GET, HEAD, POST\r\n";
            String status = tooLong ? "414 URI Too Long" : "405 Method Not Allowed";
            return Optional.of(
                    "HTTP/1.1 %s\r\n%sContent-Length: 0\r\n\r\n"
                            .formatted(status, allow)
                            .getBytes(StandardCharsets.US_ASCII));
        }
        byte[] request = method.equals("POST") ? body : decoded(target).orElse(new byte[0]);
        return answers.reply(request, method.equals("HEAD"));
    }

    private Optional<byte[]> decoded(String target) {
        String path =
                switch (fault) {
                    case SLASHES_COLLAPSED -> target.replaceAll("//+", "/");
                    case SLASHES_DECODED_AND_COLLAPSED, SLASHES_COLLAPSED_AND_NONCE_REFUSED ->
                            target.replaceAll("%2[Ff]", "/").replaceAll("//+", "/");
                    default -> target;
                };
        if (fault == ResponderFault.LOWER_CASE_ESCAPES_REFUSED
                && path.matches(".*%[0-9]?[a-f].*")) {
            return Optional.empty();
        }
        // Collapsing is wrong inside a request only where it was not escaped; take off the start.
        path = path.replaceFirst("^/+", "");
        if (fault == ResponderFault.PLUS_AS_SPACE) {
            path = path.replace('+', ' ');
        }
        path = path.replaceAll("%2[Bb]", "+").replaceAll("%2[Ff]", "/").replaceAll("%3[Dd]", "=");
        try {
            return Optional.of(Base64.getDecoder().decode(path));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
