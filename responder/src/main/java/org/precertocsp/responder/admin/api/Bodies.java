package org.precertocsp.responder.admin.api;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.precertocsp.responder.admin.change.Objection;

/// What requests bring.
final class Bodies {
    /// A certificate of [#MAX_DOCUMENT] in base64, and the JSON around it.
    static final int MAX_LINE = 1_500_000;

    static final int MAX_OBJECT = 64 << 10;
    static final int MAX_DOCUMENT = 1 << 20;

    private Bodies() {}

    /// The type without its parameters, in lower case; empty if there is none.
    static String type(ServerRequest request) {
        String header = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        int end = header.indexOf(';');
        return (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /// @param most octets
    static byte[] read(ServerRequest request, int most) throws IOException, Objection {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes(most + 1);
            if (body.length > most) {
                throw tooLong(most);
            }
            return body;
        }
    }

    static Objection tooLong(long most) {
        return Objection.of(
                Objection.Kind.TOO_LARGE, "at most %,d octets are read here".formatted(most));
    }
}
