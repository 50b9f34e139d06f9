package org.precertocsp.responder.admin;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/// Reads request bodies within limits.
final class RequestBodies {
    /// A certificate of [#MAX_DOCUMENT] in base64, and the JSON around it.
    static final int MAX_LINE = 1_500_000;

    static final int MAX_OBJECT = 64 << 10;
    static final int MAX_DOCUMENT = 1 << 20;

    private RequestBodies() {}

    /// The type without its parameters, in lower case; empty if there is none.
    static String type(ServerRequest request) {
        String header = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        int end = header.indexOf(';');
        return (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /// The caller closed the connection, sent less than it announced, or sent something that is not
    /// HTTP. Nobody is there to receive an answer.
    static final class BrokenOff extends IOException {
        private static final long serialVersionUID = 1L;

        BrokenOff(Exception cause) {
            super("the request broke off", cause);
        }
    }

    /// The body as a stream. Reading throws [BrokenOff] whatever is wrong with it: Helidon has many
    /// exceptions for that, which would otherwise look like failures of the server.
    static InputStream stream(ServerRequest request) {
        return new Body(request.content().inputStream());
    }

    private static final class Body extends InputStream {
        private final InputStream in;

        Body(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            try {
                return in.read();
            } catch (IOException | RuntimeException e) {
                throw new BrokenOff(e);
            }
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            try {
                return in.read(bytes, from, count);
            } catch (IOException | RuntimeException e) {
                throw new BrokenOff(e);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                in.close();
            } catch (IOException | RuntimeException e) {
                throw new BrokenOff(e);
            }
        }
    }

    /// @param most bytes
    static byte[] read(ServerRequest request, int most) throws IOException, ApiException {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = stream(request)) {
            byte[] body = in.readNBytes(most + 1);
            if (body.length > most) {
                throw tooLong(most);
            }
            return body;
        }
    }

    static ApiException tooLong(long most) {
        return ApiException.of(
                ApiException.Kind.TOO_LARGE, "at most %,d bytes are accepted here".formatted(most));
    }
}
